"""The recipe for tables as a classifier."""

from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import _check_y, check_consistent_length

from gradatim.checks import UsageError
from gradatim.estimators.arguments import keep
from gradatim.estimators.table_examples import inputs_of, required, weights_of
from gradatim.estimators.table_network import TableNetwork
from gradatim.estimators.targets import classes_in


class TableClassifier(ClassifierMixin, TableNetwork):
    """Networks that classify a table's rows by the recipe of `gradatim train FILE`, without a run folder.

        p = Σ_m s_m p_m,   s chosen by what m says of rows it has not seen (Caruana et al. 2004)

    The number of rows decides how many networks learn, over folds where the table is small, and their batch
    size, decay and patience; `choices_` holds each choice and its reason. The same data, arguments and seed
    give the same bits as a run.

    X is an array of numbers, or a data frame of pandas or polars with texts, categories, dates and missing
    values; y holds one label a row.

    Parameters: the recipe chooses `members` (networks whose answers are averaged), `numbers` (how numbers are
    encoded: `standard`, `robust`, `quantile`, `piecewise`, `periodic`, `combined` or `auto`) and `max_iter`
    (the most epochs) where they are None. `validation_fraction` of the rows chooses the epoch that is kept,
    with folds every row in its turn; with 0 a single network learns from all rows. `max_minutes` bounds the
    time, `n_jobs` the CPU threads: None is the recipe's number, -1 every core. `random_state`, `engine`,
    `device` and `verbose` are MLPClassifier's.

    Learned: `classes_`, `choices_`, `n_members_`, `n_iter_` (epochs), `loss_curve_`, `loss_`,
    `n_features_in_`, `feature_names_in_`.

    Raises UsageError for an argument that cannot be, NonFiniteLoss naming step and layer. It warns with a
    Notice of what is odd about the columns.

    >>> X = np.linspace(-1, 1, 40)[:, None]
    >>> y = np.where(X[:, 0] > 0, "above", "below")
    >>> model = TableClassifier(members=2, max_iter=20, random_state=0).fit(X, y)
    >>> model.predict([[-0.8], [0.8]]).tolist()
    ['below', 'above']
    """

    task: ClassVar[str] = "classification"

    def __init__(
        self, *, members: int | None = None, numbers: str | None = None, max_iter: int | None = None,
        validation_fraction: float = 0.1, max_minutes: float | None = None, random_state: Any = None,
        n_jobs: int | None = None, engine: str = "auto", device: str = "auto", verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "TableClassifier":
        """Train on X (N, D), an array or a data frame, and y, one label a row (N,); rows of weight 0 are left
        out.
        """
        X = inputs_of(self, X, reset=True)
        y = column_of_labels(self, y)
        check_consistent_length(X, y)
        X, y, w = weights_of(X, y, sample_weight)
        classes = classes_in(y)
        number = self._learn(X, y, w)
        self.classes_, self._place = classes, places(number, np.searchsorted(classes, y))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row, (N,)."""
        a = self._outputs(X)
        return self.classes_[self._place[self._trained.problem.answer(a)]]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Every class's probability, (N, K), in the order of `classes_`."""
        a = self._outputs(X)
        return self._trained.problem.predictions(a)[:, np.argsort(self._place)]

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))


def column_of_labels(estimator: Any, y: Any) -> np.ndarray:
    """The labels (N,); ValueError for none, and for labels that are missing."""
    return _check_y(required(estimator, y), estimator=estimator)


def places(number: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Where among the sorted classes each of the network's stands, by both numbers (N,) of every row.

    Raises UsageError where two labels are one to the network.

    >>> places(np.array([0, 1, 1]), np.array([1, 0, 0])).tolist()
    [1, 0]
    """
    found = np.full(number.max() + 1, -1)
    found[number] = place
    if (found[number] != place).any():
        raise UsageError("y holds labels that a table reads as the same: they differ by spaces around them")
    return found

"""The recipe for tables as a regressor."""

from typing import Any, ClassVar

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import _check_y, check_consistent_length, column_or_1d

from gradatim.estimators.arguments import keep
from gradatim.estimators.table_examples import inputs_of, required, weights_of
from gradatim.estimators.table_network import TableNetwork


class TableRegressor(RegressorMixin, TableNetwork):
    """Networks that predict numbers of a table's rows by the recipe of `gradatim train FILE`, without a run
    folder.

        ŷ = Σ_m s_m ŷ_m,   s chosen by what m says of rows it has not seen (Caruana et al. 2004)

    X is as TableClassifier's; y holds one number a row, or several.

    Parameters: `target_transform` is of y and undone in predictions, which are then medians: `log`, `log1p`,
    `yeo_johnson`, or `auto`, which chooses by y; `standard` and None transform nothing. The others are
    TableClassifier's.

    Learned: as TableClassifier, without classes; `n_outputs_`.

    Raises UsageError for an argument that cannot be, NonFiniteLoss naming step and layer. It warns with a
    Notice of what is odd about the columns.

    >>> X = np.linspace(-1, 1, 40)[:, None]
    >>> model = TableRegressor(members=1, numbers="standard", random_state=0).fit(X, 3 * X[:, 0] + 1)
    >>> model.predict([[0.5]]).round().tolist()
    [2.0]
    """

    task: ClassVar[str] = "regression"

    def __init__(
        self, *, members: int | None = None, numbers: str | None = None, max_iter: int | None = None,
        validation_fraction: float = 0.1, max_minutes: float | None = None,
        target_transform: str | None = None, random_state: Any = None, n_jobs: int | None = None,
        engine: str = "auto", device: str = "auto", verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "TableRegressor":
        """Train on X (N, D), an array or a data frame, and y, numbers (N,) or (N, outputs); rows of weight 0
        are left out.
        """
        X = inputs_of(self, X, reset=True)
        y = numbers_of(self, y)
        check_consistent_length(X, y)
        X, y, w = weights_of(X, y, sample_weight)
        self._learn(X, y, w)
        self._in_columns, self.n_outputs_ = y.ndim == 2, 1 if y.ndim == 1 else y.shape[1]
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The numbers of each row, (N,) or (N, outputs)."""
        a = self._outputs(X)
        found = self._trained.problem.answer(a)
        return found if self._in_columns else found[:, 0]

    def _of_target(self) -> dict[str, Any]:
        return {"target_transform": self.target_transform}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def numbers_of(estimator: Any, y: Any) -> np.ndarray:
    """The numbers (N,) or (N, K > 1) in float64; ValueError for none, and for numbers that are missing."""
    y = _check_y(required(estimator, y), multi_output=True, y_numeric=True, estimator=estimator)
    if y.ndim == 2 and y.shape[1] == 1:
        y = column_or_1d(y, warn=True)
    return y.astype(np.float64)

"""The recipe for series as a classifier."""

from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import _check_y, check_consistent_length

from gradatim.estimators.sequence_network import SequenceNetwork
from gradatim.estimators.table_examples import required
from gradatim.estimators.targets import classes_in


class SequenceClassifier(ClassifierMixin, SequenceNetwork):
    """A network that classifies series by the recipe of `gradatim train FILE.npz`, without a run folder.

        p = softmax(W Σ_t α_t h_t + b),  h of convolutions and a recurrent layer (Ordóñez & Roggen 2016)

    X is a list of N arrays (L_i, D), each of a length of its own, or an array (N, T, D); y holds one label a
    series. With `groups` (N,), such as the people who were measured, no group is both in training and in
    validation.

    Parameters: the recipe chooses `hidden_size`, `dropout`, `learning_rate_init`, `batch_size` and `max_iter`
    (epochs) where they are None. `pooling` is `last`, `mean` or `attention`. `validation_fraction` of the
    series chooses the epoch that is kept; with 0 all are learned from. `max_minutes` bounds the time,
    `n_jobs` the CPU threads: None is the recipe's number, -1 every core. `random_state` is the seed, `device`
    where it runs.

    Learned: `classes_`, `choices_`, `n_iter_` (epochs), `loss_curve_`, `loss_`, `n_features_in_` (D).

    Raises UsageError for an argument that cannot be, and for series that cannot, naming them; NonFiniteLoss
    naming step and layer.

    >>> X = [np.full((n, 1), level) for n in (3, 4, 5) for level in (-1.0, 1.0)] * 3
    >>> y = ["low", "high"] * 9
    >>> model = SequenceClassifier(hidden_size=8, max_iter=20, validation_fraction=0, random_state=0)
    >>> model.fit(X, y).predict([np.full((7, 1), 1.0), np.full((2, 1), -1.0)]).tolist()
    ['high', 'low']
    """

    task: ClassVar[str] = "classification"

    def fit(self, X: Any, y: Any, groups: Any = None) -> "SequenceClassifier":
        """Train on X, N series, and y, one label a series (N,)."""
        y = _check_y(required(self, y), estimator=self)
        check_consistent_length(X, y)
        classes = classes_in(y)
        names = tuple(map(str, classes.tolist()))
        self._learn(X, np.searchsorted(classes, y).astype(np.int64), names, groups)
        self.classes_ = classes
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The class of each series, (N,)."""
        a = self._outputs(X)
        return self.classes_[self._trained.problem.answer(a)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Every class's probability, (N, K), in the order of `classes_`."""
        a = self._outputs(X)
        return self._trained.problem.predictions(a)

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """The logarithm of `predict_proba`."""
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))

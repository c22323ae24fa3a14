"""The recipe for series as a regressor."""

from typing import Any, ClassVar

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils.validation import check_consistent_length

from gradatim.estimators.sequence_network import SequenceNetwork
from gradatim.estimators.table_regressor import numbers_of


class SequenceRegressor(RegressorMixin, SequenceNetwork):
    """A network that predicts numbers of series by the recipe of `gradatim train FILE.npz`, without a folder.

        ŷ = W Σ_t α_t h_t + b,  h of convolutions and a recurrent layer (Ordóñez & Roggen 2016)

    X and the parameters are SequenceClassifier's; y holds one number a series, or several. Learned: the same
    without classes, and `n_outputs_`. Raises UsageError and NonFiniteLoss as SequenceClassifier.

    >>> X = [np.full((n, 1), level) for n in (3, 4) for level in np.linspace(-1, 1, 20)]
    >>> model = SequenceRegressor(hidden_size=16, max_iter=30, validation_fraction=0, random_state=0)
    >>> bool(model.fit(X, [one.mean() for one in X]).score(X, [one.mean() for one in X]) > 0.9)
    True
    """

    task: ClassVar[str] = "regression"

    def fit(self, X: Any, y: Any, groups: Any = None) -> "SequenceRegressor":
        """Train on X, N series, and y, numbers (N,) or (N, outputs)."""
        y = numbers_of(self, y)
        check_consistent_length(X, y)
        self._learn(X, y, (), groups)
        self._in_columns, self.n_outputs_ = y.ndim == 2, 1 if y.ndim == 1 else y.shape[1]
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The numbers of each series, (N,) or (N, outputs)."""
        a = self._outputs(X)
        found = self._trained.problem.answer(a)
        return found if self._in_columns else found[:, 0]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

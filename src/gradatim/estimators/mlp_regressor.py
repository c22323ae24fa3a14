"""The multilayer perceptron as a regressor."""

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import column_or_1d, validate_data

from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.losses.loss import Loss
from gradatim.checks import UsageError, one_of
from gradatim.data.sparse_rows import sparse_or_dense
from gradatim.estimators.arguments import keep
from gradatim.estimators.mlp_classifier import _steps
from gradatim.estimators.multilayer import FLOATS, MultilayerPerceptron

if TYPE_CHECKING:
    from gradatim.estimators.table_regressor import TableRegressor

# scikit-learn's squared error is half of it, so that its derivative is the residual
LOSSES = {
    "squared_error": "half_squared_error", "absolute_error": "absolute_error", "huber": "huber",
    "gaussian_nll": "gaussian_nll", "laplace_nll": "laplace_nll",
}  # fmt: skip


class MLPRegressor(RegressorMixin, MultilayerPerceptron):
    """A multilayer perceptron that predicts numbers (Rumelhart et al. 1986), called as scikit-learn's is.

        L = Σ_n w_n l(a_n, y_n)/Σ_n w_n + ½ α B/(Σ_n w_n) Σ ‖W‖²,   B batches an epoch, biases free

    With the loss `gaussian_nll` (Nix & Weigend 1994) or `laplace_nll` it learns a mean or median and a spread
    for every row, and `predict(X, return_std=True)` gives both. Scale targets first: spreads near 1 are
    learned best.

    Parameters: `loss` (`squared_error`, which is half of it as in scikit-learn, `absolute_error`, `huber`,
    `gaussian_nll`, `laplace_nll`, or a Loss of by_hand.losses); the others are MLPClassifier's.

    Learned: as MLPClassifier, without classes; the score of early stopping is R².

    Raises UsageError for an argument that cannot be, NonFiniteLoss naming step and layer.

    >>> X = np.linspace(-1, 1, 20)[:, None]
    >>> line = MLPRegressor(hidden_layer_sizes=(), solver="lbfgs", alpha=0, random_state=0)
    >>> line = line.fit(X, 3 * X[:, 0] + 1)
    >>> line.coefs_[0].round(3), line.intercepts_[0].round(3)
    (array([[3.]]), array([1.]))
    """

    def __init__(
        self, hidden_layer_sizes: Any = (100,), activation: str = "relu", *, loss: Any = "squared_error",
        solver: str = "adam", alpha: float = 1e-4, batch_size: Any = "auto", learning_rate: Any = "constant",
        learning_rate_init: float | None = None, power_t: float = 0.5, max_iter: int = 200,
        shuffle: bool = True, random_state: Any = None, tol: float = 1e-4, verbose: bool = False,
        warm_start: bool = False, momentum: float = 0.9, nesterovs_momentum: bool = True,
        early_stopping: bool = False, validation_fraction: float = 0.1, beta_1: float = 0.9,
        beta_2: float = 0.999, epsilon: float = 1e-8, n_iter_no_change: float = 10, dropout: float = 0.0,
        init: str | None = None, engine: str = "auto", device: str = "cpu",
    ):  # fmt: skip
        keep(self, locals())

    @classmethod
    def recommended(cls, **settings: Any) -> "TableRegressor":
        """A TableRegressor with these settings: the recipe of `gradatim train FILE`, where the defaults of
        MLPRegressor are scikit-learn's.

        >>> MLPRegressor.recommended(members=5)
        TableRegressor(members=5)
        """
        from gradatim.estimators.table_regressor import TableRegressor

        return TableRegressor(**settings)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> "MLPRegressor":
        """Train on X (N, D), dense or sparse, and y, numbers (N,) or (N, outputs)."""
        self._check()
        again = self._continues()
        X, y = self._validated(X, y, reset=not again)
        w = self._weights(X, sample_weight)
        if not again:
            self._start(X, y)
        self._check_outputs(y)
        self._fit(X, y, w)
        return self

    @available_if(_steps)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> "MLPRegressor":
        """One epoch on these rows."""
        self._check()
        first = not hasattr(self, "coefs_")
        X, y = self._validated(X, y, reset=first)
        w = self._weights(X, sample_weight)
        if first:
            self._start(X, y)
        self._check_outputs(y)
        self._learn_once(X, y, w)
        return self

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """The numbers of each row, (N,) or (N, outputs); with `return_std`, also their standard deviations.

        Raises UsageError for `return_std` where the loss is no distribution's.
        """
        a = self._answer(X)
        if not return_std:
            return self._shaped(a[:, : self.n_outputs_])
        loss = self._loss()
        if not hasattr(loss, "spread"):
            raise UsageError(f"return_std needs the loss gaussian_nll or laplace_nll; it is {self.loss!r}")
        return self._shaped(a[:, : self.n_outputs_]), self._shaped(loss.spread(a))

    def _shaped(self, a: np.ndarray) -> np.ndarray:
        return a[:, 0] if self.n_outputs_ == 1 else a

    def _validated(self, X: Any, y: Any, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        X, y = validate_data(
            self, X, y, accept_sparse="csr", multi_output=True, y_numeric=True, dtype=FLOATS, reset=reset
        )
        X = sparse_or_dense(X)
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        return X, y.astype(X.dtype, copy=False)

    def _start(self, X: np.ndarray, y: np.ndarray) -> None:
        targets = 1 if y.ndim == 1 else y.shape[1]
        self._begin(X.shape[1], targets * self._loss().outputs, X.dtype)
        self.n_outputs_, self.out_activation_ = targets, "identity"

    def _check_outputs(self, y: np.ndarray) -> None:
        """Raise ValueError for other outputs than those of the first call."""
        outputs = 1 if y.ndim == 1 else y.shape[1]
        if outputs != self.n_outputs_:
            raise ValueError(f"y has {outputs} outputs, but those of the first call were {self.n_outputs_}")

    def _loss_name(self) -> str | None:
        return None if isinstance(self.loss, Loss) else LOSSES[one_of("loss", self.loss, LOSSES)]

    def _loss(self) -> Loss:
        name = self._loss_name()
        return self.loss if name is None else loss_by_name(name)

    def _score(self, a: np.ndarray, y: np.ndarray, w: np.ndarray | None) -> float:
        """R², of the numbers that are predicted, in double precision: it squares."""
        predicted = self._shaped(a[:, : self.n_outputs_]).astype(np.float64)
        return float(r2_score(y.astype(np.float64), predicted, sample_weight=w))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

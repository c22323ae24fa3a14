"""What the perceptron and ADALINE share: threshold units, one for each class, that learn a pass at a time."""

import warnings
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted, validate_data

from gradatim.checks import real, whole
from gradatim.data.sparse_rows import SparseRows, part_of, sparse_or_dense
from gradatim.estimators.arguments import argument, check_patience, seed_of
from gradatim.estimators.progress import Patience
from gradatim.estimators.targets import at_least_two, classes_in, classes_of_all_calls, numbers
from gradatim.random import permutation

FLOATS = [np.float64, np.float32]
AT_ONCE = 1024  # sparse rows that are dense at the same time


class ThresholdUnits(ClassifierMixin, BaseEstimator):
    """Units side by side on the same inputs; subclasses name their rule, `learn`, and how a target is said.

    Two classes: one unit, which fires for the second. More: one unit a class, and the largest answer wins.
    """

    low: ClassVar[float]  # the target of a unit that shall not fire; the other is 1
    eta0: float
    max_iter: int
    tol: float | None
    n_iter_no_change: int
    shuffle: bool
    verbose: int
    random_state: Any
    warm_start: bool

    def learn(self, X: np.ndarray, T: np.ndarray) -> float:
        """One pass of the rule over these rows; returns what the loss curve shows."""
        raise NotImplementedError

    def finished(self, loss: float) -> bool:
        """Whether nothing is left to learn."""
        raise NotImplementedError

    def fit(self, X: Any, y: Any) -> "ThresholdUnits":
        """Learn, pass after pass, until nothing more is gained.

        Parameters: X (N, D), dense or sparse, y (N,) of labels. Warns (ConvergenceWarning) at max_iter.
        """
        self._check()
        again = self.warm_start and hasattr(self, "coef_")
        X, y = self._validated(X, y, reset=not again)
        if not again:
            self._begin(X, classes_in(y))
        X, T = self._ready(X, y)
        patience = Patience(argument(self, "tol") or 0.0, argument(self, "n_iter_no_change"))
        self.n_iter_ = 0
        while self.n_iter_ < argument(self, "max_iter"):
            loss = self._pass(X, T)
            self.n_iter_ += 1
            if self.finished(loss) or (patience.ended(loss) and self.tol is not None):
                return self
        warnings.warn(
            f"Maximum number of iterations ({self.max_iter}) reached before convergence: "
            "increase max_iter, or the classes cannot be told apart by a line.",
            ConvergenceWarning,
            stacklevel=2,
        )
        return self

    def partial_fit(self, X: Any, y: Any, classes: Any = None) -> "ThresholdUnits":
        """One pass over these rows; the first call names the classes of all calls to come."""
        self._check()
        first = not hasattr(self, "coef_")
        named = classes_of_all_calls(self, classes, first)
        X, y = self._validated(X, y, reset=first)
        if first:
            at_least_two(named)
            numbers(y, named)  # each is among them
            self._begin(X, named)
        X, T = self._ready(X, y)
        self._pass(X, T)
        self.n_iter_ = len(self.loss_curve_)
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """The net input wᵀx + b: (N,) for two classes, otherwise (N, K)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, accept_sparse="csr", reset=False)
        s = X @ self.coef_.T + self.intercept_
        return s[:, 0] if len(self.classes_) == 2 else s

    def predict(self, X: Any) -> np.ndarray:
        """The class of each row."""
        s = self.decision_function(X)
        return self.classes_[(s >= 0).astype(int) if s.ndim == 1 else s.argmax(1)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _validated(self, X: Any, y: Any, reset: bool) -> tuple[Any, np.ndarray]:
        X, y = validate_data(self, X, y, dtype=FLOATS, accept_sparse="csr", reset=reset)
        return sparse_or_dense(X), y

    def _check(self) -> None:
        real("eta0", self.eta0, above=0)
        whole("max_iter", self.max_iter, 1)
        check_patience(self.n_iter_no_change)
        if self.tol is not None:
            real("tol", self.tol, at_least=0)

    def _begin(self, X: Any, classes: np.ndarray) -> None:
        """Weights of 0."""
        units = 1 if len(classes) == 2 else len(classes)
        self.classes_ = classes
        self.coef_ = np.zeros((units, X.shape[1]), X.dtype)
        self.intercept_ = np.zeros(units, X.dtype)
        self.loss_curve_: list[float] = []
        self.t_ = 0

    def _ready(self, X: Any, y: np.ndarray) -> tuple[Any, np.ndarray]:
        """Rows in the weights' precision, and each unit's targets (N, units)."""
        number = numbers(y, self.classes_)
        fires = np.array([1]) if len(self.classes_) == 2 else np.arange(len(self.classes_))
        T = np.where(number[:, None] == fires, 1.0, self.low)
        return X.astype(self.coef_.dtype, copy=False), T.astype(self.coef_.dtype)

    def _pass(self, X: Any, T: np.ndarray) -> float:
        if self.shuffle:
            order = permutation(seed_of(self.random_state), len(self.loss_curve_), len(X))
            X, T = part_of(X, order), T[order]
        size = AT_ONCE if isinstance(X, SparseRows) else len(X)
        pieces = [slice(at, at + size) for at in range(0, len(X), size)]
        loss = sum(self.learn(X[piece], T[piece]) * len(T[piece]) for piece in pieces) / len(X)
        self.loss_curve_.append(loss)
        self.t_ += len(X)
        if self.verbose:
            print(f"Iteration {len(self.loss_curve_)}, loss = {loss:.8f}")
        return loss

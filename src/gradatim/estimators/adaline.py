"""ADALINE."""

from typing import Any

import numpy as np

from gradatim.by_hand import adaline
from gradatim.checks import GradatimError
from gradatim.estimators.arguments import argument, keep
from gradatim.estimators.threshold_units import ThresholdUnits


class Adaline(ThresholdUnits):
    """ADALINE, the adaptive linear neuron (Widrow & Hoff 1960), trained on the error before the threshold.

        s = wᵀx + b,   ε = t − s with t = ±1;   w ← w + α ε x/(‖x‖² + 1),   b ← b + α ε/(‖x‖² + 1)

    The answer is the sign of s. Weights start at 0; training stops after `n_iter_no_change` passes that
    lowered the mean squared error by less than `tol`.

    Parameters: `eta0` is α, the share of an example's error that a step takes off, stable below 2. Learned:
    `coef_`, `intercept_`, `classes_`, `n_iter_`, `t_` (examples seen), `loss_curve_` (the mean squared error
    in each pass).

    Raises UsageError for a number out of its bounds, GradatimError when the error grows without bound.

    >>> X = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    >>> Adaline().fit(X, [0, 0, 1, 1]).predict(X)
    array([0, 0, 1, 1])
    """

    low = -1.0

    def __init__(
        self, *, eta0: float = 0.01, max_iter: int = 1000, tol: float | None = 1e-4,
        n_iter_no_change: int = 5, shuffle: bool = True, verbose: int = 0, random_state: Any = 0,
        warm_start: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def learn(self, X: np.ndarray, T: np.ndarray) -> float:
        """One pass of the delta rule; returns the mean squared error."""
        with np.errstate(over="ignore", invalid="ignore"):  # it looks for itself
            loss = adaline.learn(self.coef_, self.intercept_, X, T, argument(self, "eta0"))
        if not np.isfinite(loss):
            raise GradatimError(f"the error grew without bound: eta0 must be below 2; it is {self.eta0}")
        return loss

    def finished(self, loss: float) -> bool:
        """Whether every error is 0."""
        return loss == 0

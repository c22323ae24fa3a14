"""The perceptron."""

from typing import Any

import numpy as np

from gradatim.by_hand import perceptron
from gradatim.estimators.arguments import argument, keep
from gradatim.estimators.threshold_units import ThresholdUnits


class Perceptron(ThresholdUnits):
    """Rosenblatt's perceptron (1958): a threshold of wᵀx + b that learns from its mistakes.

        o = 1 where wᵀx + b ≥ 0, otherwise 0;   w ← w + η (t − o) x,   b ← b + η (t − o)

    Weights start at 0. Where a line tells the classes apart it is found, and training stops at the first pass
    without a mistake; on XOR at most 3 of 4 come out right. `tol=None` goes on until then, or to `max_iter`;
    otherwise training also stops after `n_iter_no_change` passes that lowered the share of mistakes by less
    than `tol`.

    Parameters: `eta0` is η. Learned: `coef_`, `intercept_`, `classes_`, `n_iter_`, `t_` (examples seen),
    `loss_curve_` (the share of mistakes in each pass).

    Raises UsageError for a number out of its bounds.

    >>> X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    >>> Perceptron(tol=None).fit(X, ["no", "no", "no", "yes"]).predict(X).tolist()
    ['no', 'no', 'no', 'yes']
    """

    low = 0.0

    def __init__(
        self, *, eta0: float = 1.0, max_iter: int = 1000, tol: float | None = 1e-3, n_iter_no_change: int = 5,
        shuffle: bool = True, verbose: int = 0, random_state: Any = 0, warm_start: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def learn(self, X: np.ndarray, T: np.ndarray) -> float:
        """One pass of Rosenblatt's rule; returns the share of mistakes."""
        return perceptron.learn(self.coef_, self.intercept_, X, T, argument(self, "eta0")) / len(X)

    def finished(self, loss: float) -> bool:
        """Whether a pass made no mistake."""
        return loss == 0

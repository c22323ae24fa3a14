"""When training no longer gets on, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import Any, Protocol

from gradatim.checks import UsageError

FTOL = 2.220446049250313e-09  # of SciPy's L-BFGS-B: factr · ε = 10⁷ · 2⁻⁵²


class Progress(Protocol):
    """What watches an epoch's loss, or its validation score with the sign changed."""

    best: float

    def ended(self, value: float) -> bool:
        """Take in the epoch's value; whether it is time to stop."""
        ...


@dataclass
class Patience:
    """More than `epochs` epochs in a row not better than the best by `tol`, as scikit-learn counts."""

    tol: float
    epochs: float
    best: float = inf
    waited: int = 0

    def ended(self, value: float) -> bool:
        """Take in the epoch's value; whether patience is at its end, which begins it anew."""
        self.waited = self.waited + 1 if value > self.best - self.tol else 0
        self.best = min(self.best, value)
        if self.waited <= self.epochs:
            return False
        self.waited = 0
        return True


@dataclass
class Converged:
    """An iteration of L-BFGS that moved the loss by no more than 2.2e-9 of it, as SciPy's stops."""

    best: float = inf
    before: float = inf

    def ended(self, value: float) -> bool:
        """Take in the iteration's loss; whether it is that of the one before."""
        before, self.before = self.before, value
        self.best = min(self.best, value)
        return isfinite(before) and abs(value - before) <= FTOL * max(abs(value), abs(before), 1.0)


def divergence(losses: Sequence[float]) -> str:
    """That the loss of an epoch each has run away, in a sentence; nothing where it has not.

    It has where it ends above the first by more than the first, so that a loss which only wavers has not.

    >>> divergence([1.2, 1.1, 3.5])
    'the loss diverged: 1.1 in epoch 2, 3.5 in epoch 3; choose a smaller learning_rate_init.'
    """
    first, last, least = losses[0], losses[-1], min(losses)
    if not last > first + abs(first):
        return ""
    epoch, n = losses.index(least) + 1, len(losses)
    return (
        f"the loss diverged: {least:.4g} in epoch {epoch}, {last:.4g} in epoch {n}; choose a smaller "
        "learning_rate_init."
    )


@dataclass
class Rate:
    """scikit-learn's `invscaling` and `adaptive`: a factor on the learning rate that moves between epochs."""

    scale: float = 1.0

    def __call__(self, step: int, total: int) -> float:
        """The factor as it is now."""
        return self.scale

    def fall(self, lr: float) -> bool:
        """A fifth of it from here on; False where it is 10⁻⁶ or less already."""
        if lr * self.scale <= 1e-6:
            return False
        self.scale /= 5
        return True

    def after(self, seen: int, power: float) -> None:
        """1/(t + 1)^p, t the examples seen."""
        self.scale = 1 / (seen + 1) ** power


def schedule_of(learning_rate: Any) -> Any:
    """What moves the learning rate: a Rate, or the schedule of Gradatim that is named.

    Raises UsageError for the schedule that watches validation examples, of which there are none here.
    """
    if isinstance(learning_rate, str) and learning_rate.partition(":")[0] == "plateau":
        raise UsageError("plateau watches validation examples; learning_rate='adaptive' watches the training")
    return Rate() if learning_rate in ("invscaling", "adaptive") else learning_rate

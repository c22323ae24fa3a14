"""The learning-rate finder (curriculum C8): the loss while the rate grows from step to step."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from math import inf, isfinite, log
from statistics import fmean, linear_regression
from typing import Any

from gradatim.checks import GradatimError, NonFiniteLoss, UsageError, plain_number, real, whole
from gradatim.training.training import Training

WINDOW = 0.05  # of the steps, on each side, that a mean or a slope is taken over
WEIGHT = 0.9  # of the past, in the running loss that says when to stop
DIVERGED = 4.0  # times the lowest running loss so far


@dataclass(frozen=True)
class Sweep:
    """The rates η_t and the loss L_t of each step."""

    lrs: list[float]
    losses: list[float]

    @property
    def mean_losses(self) -> list[float]:
        """ℓ_t: the mean of the losses around t."""
        return [fmean(self.losses[part]) for part in self._around()]

    @property
    def suggestion(self) -> float:
        """The rate at which ℓ falls fastest, before its minimum: the steepest line through its ℓ."""
        means = self.mean_losses
        lowest = min(range(len(means)), key=means.__getitem__)
        slopes = [
            linear_regression([log(lr) for lr in self.lrs[part]], means[part]).slope
            for part in self._around()
        ]
        return self.lrs[min(range(lowest + 1), key=slopes.__getitem__)]

    def _around(self) -> list[slice]:
        n = len(self.losses)
        reach = max(round(WINDOW * n), 1)
        return [slice(max(t - reach, 0), t + reach + 1) for t in range(n)]


def find_lr(training: Training, start: float = 1e-6, end: float = 10.0, steps: int = 200) -> Sweep:
    """Train with a rate that grows from `start` to `end` by the same factor a step (Smith 2017, section 3.3).

        η_t = start (end/start)^{t/(steps − 1)}

    It ends when the running loss, Σ_s 0.9^{t−s} L_s / Σ_s 0.9^{t−s}, is four times its lowest, or not finite.
    The network is left as the last step left it.
    Raises UsageError for rates that do not grow, GradatimError when the first steps already diverge.
    """
    start, end = real("start", start, above=0), plain_number(end)
    steps = whole("steps", steps, 10)
    if not (isfinite(end) and end > start):
        raise UsageError(f"the rate must grow: it would go from {start:g} to {end:g}")
    engine, lrs, losses, lowest = training.engine, [], [], inf
    engine.begin()
    top = bottom = 0.0
    for t, batch in zip(range(steps), _batches(training), strict=False):
        lr = start * (end / start) ** (t / (steps - 1))
        try:
            loss, _ = engine.step([batch], t, lr / engine.base_lr)
        except NonFiniteLoss:
            break
        top, bottom = WEIGHT * top + float(loss), WEIGHT * bottom + 1
        lrs.append(lr)
        losses.append(float(loss))
        lowest = min(lowest, top / bottom)
        if not top / bottom <= DIVERGED * lowest:
            break
    if len(losses) < 3:
        raise GradatimError(f"the loss is not finite from the start: try rates below {start:g}")
    return Sweep(lrs, losses)


def _batches(training: Training) -> Iterator[Any]:
    """The batches of one epoch after the other."""
    for epoch in count():
        yield from training.data.epoch(epoch)

"""Numbers with intervals, where a network gives each a distribution (curriculum B10)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log, log1p
from statistics import NormalDist
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.problems.evidence import Coverage, Evidence
from gradatim.problems.numbers import Numbers
from gradatim.problems.problem import Array, Head, are_numbers

LEVEL = 0.9  # the share of numbers that should lie in their intervals
LEVELS = (0.5, 0.8, 0.9, 0.95)  # that a report looks at
TAIL = (1 - LEVEL) / 2
ENOUGH = 100  # validation examples whose errors say more than the distribution does
# How far the central 90 % of each distribution reaches, in its widths: a Gaussian's σ, a Laplace's b
REACH = {"gaussian_nll": 1.6448536269514722, "laplace_nll": log(1 / (2 * TAIL))}
PER_LOG = {"gaussian_nll": 0.5, "laplace_nll": 1.0}  # the outputs are log σ² and log b


@dataclass(frozen=True)
class Intervals(Numbers):
    """T numbers, each with the middle and the width of a distribution, and the interval that holds 90 %.

        low = T⁻¹(scale (μ + z_low σ) + shift),   high = T⁻¹(scale (μ + z_high σ) + shift)

    `interval` holds z_low and z_high of each number, which validation settles.

    Shapes: a (N, 2T), first every μ, then log σ² (a Laplace's log b) of each; y (N,) or (N, T).

    >>> low, high = Intervals(("price",), "gaussian_nll", (100.0,), (20.0,)).ends(np.array([[0.0, 0.0]]))
    >>> f"{low[0, 0]:.1f} to {high[0, 0]:.1f}"
    '67.1 to 132.9'
    """

    kind: ClassVar[str] = "intervals"
    losses: ClassVar[tuple[str, ...]] = ("gaussian_nll", "laplace_nll")
    learners_may_answer: ClassVar[bool] = False  # they give no distribution

    outputs_each: ClassVar[int] = 2

    interval: dict[str, Any] | None = None  # level, low and high in widths, and examples: how many settled it

    def check(self) -> Self:
        """The interval has both ends of each number."""
        found, t = self.interval, len(super().check().names)
        fits = found is None or (
            isinstance(found, dict)
            and are_numbers(found.get("low"), t)
            and are_numbers(found.get("high"), t)
            and are_numbers([found.get("level"), found.get("examples")], 2)
        )
        self.require(fits, "interval", "a level, low and high of each number, and examples")
        return self

    def head(self, examples: int | None = None) -> Head:
        """Two linear outputs for each number."""
        return super().head(examples)._replace(outputs=2 * len(self.names))

    def place_and_width(self, a: Array) -> tuple[Array, Array]:
        """μ, and σ or b, of each number, (N, T), scaled as the network learned them."""
        mu, s = np.split((a if a.ndim == 2 else a.reshape(len(a), -1)).astype(np.float64), 2, axis=1)
        with np.errstate(over="ignore"):
            return mu, np.minimum(np.exp(PER_LOG[self.loss or self.losses[0]] * s), np.finfo(np.float32).max)

    def settles(self, asked: str | None) -> bool:
        """How far intervals reach always is."""
        return True

    def settle(self, a: Array, y: Array, asked: str | None) -> "Intervals":
        """Where intervals begin and end, in widths from the mean, so that validation's answers were in them.

            z_n = (y_n − μ_n)/σ_n;   low and high are the ⌊(N+1)/20⌋-th smallest and largest z

        for outputs a (N, 2T) of the N validation examples: split conformal prediction with normalised
        residuals (Papadopoulos et al. 2002; Lei et al. 2018). Fewer than 100 examples leave it to the
        distribution.
        """
        reach, n = REACH[self.loss or self.losses[0]], len(a)
        if n < ENOUGH:
            t = a.shape[1] // 2
            found = {"level": LEVEL, "low": [-reach] * t, "high": [reach] * t, "examples": 0}
            return replace(self, interval=found)
        mu, width = self.place_and_width(a)
        z = np.sort((self.targets(y).reshape(n, -1) - mu) / width, axis=0)
        k = int((n + 1) * TAIL)
        found = {"level": LEVEL, "low": z[k - 1].tolist(), "high": z[n - k].tolist(), "examples": n}
        return replace(self, interval=found)

    def ends(self, a: Array) -> tuple[Array, Array]:
        """The lower and the upper ends of the intervals, (N, T), in the targets' own units."""
        reach = REACH[self.loss or self.losses[0]]
        mu, width = self.place_and_width(a)
        found = self.interval or {"low": -reach, "high": reach}
        low, high = (self.unscale(mu + np.asarray(found[end]) * width) for end in ("low", "high"))
        return low, high

    def coverage(self, a: Array, y: Array) -> float:
        """The share of numbers (N,) or (N, T) that lie in their intervals."""
        low, high = self.ends(a)
        y = y.reshape(low.shape)
        return float(((low <= y) & (y <= high)).mean())

    def coverage_at(self, a: Array, y: Array, level: float) -> tuple[float, Array]:
        """The share of numbers (N,) or (N, T) in the central intervals of the network's own distributions
        that should hold `level` of them, whatever validation has found; their mean widths (T,) in the
        targets' units.

            |y − μ|/σ ≤ Φ⁻¹((1 + level)/2) of a Gaussian,   |y − μ|/b ≤ −log(1 − level) of a Laplace
        """
        mu, width = self.place_and_width(a)
        z = NormalDist().inv_cdf((1 + level) / 2) if self.loss == "gaussian_nll" else -log1p(-level)
        inside = np.abs(self.targets(y).reshape(mu.shape) - mu) <= z * width
        low, high = self.unscale(mu - z * width), self.unscale(mu + z * width)
        return float(inside.mean()), (high - low).mean(0)

    def arrays(self, a: Array) -> dict[str, Array]:
        """The numbers, and the ends of their intervals."""
        low, high = self.ends(a)
        return {"prediction": self.predictions(a), "low": low, "high": high}

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """Each number, and the ends of its interval."""
        return self.by_name(self.arrays(a))

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """Those of numbers, and the share that lies in their intervals."""
        found = self.measures_of(self.predictions(a), y)
        return {**found, "interval_coverage": self.coverage(a, y), "loss": self.mean_loss(a, y)}

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The residuals, what intervals hold, and the largest residuals."""
        found = super().evidence(a, y)
        if not found:
            return ()
        residuals, misses = found
        shares = [self.coverage_at(a, y, level) for level in LEVELS]
        by_validation = self.coverage(a, y) if (self.interval or {}).get("examples") else None
        held = Coverage(
            LEVELS, [share for share, _ in shares], [widths.tolist() for _, widths in shares],
            self.known_names(self.predictions(a)), by_validation,
        )  # fmt: skip
        return residuals, held, misses

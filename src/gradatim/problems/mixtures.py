"""Numbers whose distribution has several peaks (curriculum B10): mixture density networks."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.by_hand.losses.distributions import MixtureNLL
from gradatim.checks import UsageError
from gradatim.problems.intervals import LEVEL, TAIL
from gradatim.problems.numbers import Numbers
from gradatim.problems.problem import Array, Head

COMPONENTS = MixtureNLL().components
HALVINGS = 60  # of an interval, to the last bit of a float


@dataclass(frozen=True)
class Mixtures(Numbers):
    """T numbers together, with a mixture of three round Gaussians over them (Bishop 1994).

        p(y) = Σ_k π_k N(y; μ_k, σ_k² I);   ŷ = Σ_k π_k μ_k,   low and high are each number's 5 % and 95 %
        likeliest = μ_k of the component whose peak π_k/σ_k^T is the highest

    The mean of two peaks may lie where no number does; the likeliest does not.

    Shapes: a (N, 3(T + 2)): three z, π = softmax(z), three log σ, three rows μ; y (N,) or (N, T).

    >>> two = np.array([[9.0, 8.0, -99.0, -3.0, -3.0, 0.0, 1.0, -1.0, 0.0]])
    >>> {name: value.round(1).tolist() for name, value in Mixtures(("y",)).arrays(two).items()}
    {'prediction': [[0.5]], 'likeliest': [[1.0]], 'low': [[-1.0]], 'high': [[1.1]]}
    """

    kind: ClassVar[str] = "mixtures"
    losses: ClassVar[tuple[str, ...]] = ("mixture_nll",)
    learners_may_answer: ClassVar[bool] = False  # they give no distribution

    def with_transform(self, asked: str, y: Array | None) -> tuple[Self, str]:
        """Refused: a mean has no place behind a transform."""
        raise UsageError(
            "mixture_nll predicts a mean, which no transform keeps: leave --target-transform out"
        )

    def head(self, examples: int | None = None) -> Head:
        """For each component a share, a width and T middles.

        >>> Mixtures(("y",)).head().sentence
        'one number: a mixture of 3 Gaussians, of each a share, a width and a middle'
        """
        t = len(self.names)
        many, middle = ("one number", "a middle") if t == 1 else (f"{t} numbers", f"{t} middles")
        said = f"{many}: a mixture of {COMPONENTS} Gaussians, of each a share, a width and {middle}"
        return Head(COMPONENTS * (t + 2), said)

    @property
    def mean_of_members(self) -> str:
        """Nothing: a component of one network is not that of another."""
        return ""

    def components(self, a: Array) -> tuple[Array, Array, Array]:
        """π (N, K), σ (N, K) and μ (N, K, T), scaled as the network learned them."""
        K, a = COMPONENTS, np.asarray(a, np.float64).reshape(len(a), -1)
        z = a[:, :K] - a[:, :K].max(1, keepdims=True)
        with np.errstate(over="ignore", under="ignore"):
            share = np.exp(z)
            width = np.clip(np.exp(a[:, K : 2 * K]), 1e-150, np.finfo(np.float32).max)
        return share / share.sum(1, keepdims=True), width, a[:, 2 * K :].reshape(len(a), K, -1)

    def predictions(self, a: Array) -> Array:
        """The means, (N, T), in the targets' own units."""
        share, _, mu = self.components(a)
        return self.unscale((share[:, :, None] * mu).sum(1))

    def likeliest(self, a: Array) -> Array:
        """The middle of the component with the highest peak, (N, T), in the targets' own units."""
        share, width, mu = self.components(a)
        with np.errstate(divide="ignore"):
            peak = np.log(share) - mu.shape[2] * np.log(width)
        return self.unscale(mu[np.arange(len(mu)), peak.argmax(1)])

    def quantile(self, a: Array, q: float) -> Array:
        """The number below which a share q of each number's mixture lies, (N, T), in the targets' own units.

        Σ_k π_k Φ((x − μ_k)/σ_k) = q,   between the least and the largest quantile of the components
        """
        from scipy.special import ndtr, ndtri

        share, width, mu = (one if one.ndim == 3 else one[:, :, None] for one in self.components(a))
        ends = mu + ndtri(q) * width
        low, high = ends.min(1), ends.max(1)
        for _ in range(HALVINGS):
            x = low + (high - low) / 2
            below = (share * ndtr((x[:, None] - mu) / width)).sum(1) < q
            low, high = np.where(below, x, low), np.where(below, high, x)
        return self.unscale(high)

    def ends(self, a: Array) -> tuple[Array, Array]:
        """The ends of the central 90 % of each number, (N, T)."""
        return self.quantile(a, TAIL), self.quantile(a, TAIL + LEVEL)

    def arrays(self, a: Array) -> dict[str, Array]:
        """The means, the likeliest numbers, and the ends of the intervals."""
        low, high = self.ends(a)
        return {"prediction": self.predictions(a), "likeliest": self.likeliest(a), "low": low, "high": high}

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """The same, by name."""
        return self.by_name(self.arrays(a))

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """Those of numbers, and the share that lies in their intervals."""
        low, high = self.ends(a)
        truth = y.reshape(low.shape)
        held = float(((low <= truth) & (truth <= high)).mean())
        found = self.measures_of(self.predictions(a), y)
        return {**found, "interval_coverage": held, "loss": self.mean_loss(a, y)}

"""The interval of a difference between two networks' measures on the same examples (Koehn 2004)."""

from typing import NamedTuple

import numpy as np

from gradatim.problems.summed import Summed
from gradatim.random import generator

RESAMPLES = 1000
LEVEL = 0.95
FEWEST = 10  # examples, or stretches of a text, of which an interval says something


class Interval(NamedTuple):
    """The ends between which a difference lies in `LEVEL` of the resamples."""

    low: float
    high: float

    @property
    def holds_zero(self) -> bool:
        """Whether the examples leave it open which of the two is better."""
        return self.low <= 0 <= self.high


def paired_bootstrap(
    one: Summed, other: Summed, seed: int = 0, resamples: int = RESAMPLES
) -> Interval | None:
    """The paired bootstrap: N examples are drawn with replacement, the same for both, many times over.

        d_b = m(Σ_i n_bi parts_i) − m′(Σ_i n_bi parts′_i),   n_b ~ Multinomial(N; 1/N, …, 1/N)

    and the interval reaches from the 2.5th to the 97.5th percentile of d_b. Koehn, Statistical significance
    tests for machine translation evaluation (2004). It is of these examples: another seed of the training is
    another matter. None where there are fewer than `FEWEST` examples, or not equally many.

    >>> from gradatim.problems.summed import mean_of
    >>> right, wrong = mean_of(np.ones(20)), mean_of(np.zeros(20))
    >>> paired_bootstrap(right, wrong)
    Interval(low=1.0, high=1.0)
    """
    n = len(one.parts)
    if len(other.parts) != n or n < FEWEST:
        return None
    draws = generator(seed, "paired bootstrap")
    counts = (np.bincount(draws.integers(n, size=n), minlength=n) for _ in range(resamples))
    both = np.concatenate([one.parts, other.parts], 1)
    sums = np.array([drawn @ both for drawn in counts])
    width = one.parts.shape[1]
    differences = one.value(sums[:, :width]) - other.value(sums[:, width:])
    if not np.isfinite(differences).all():
        return None
    low, high = np.quantile(differences, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))

"""How much of an input a sequence has attended to, as a part of its score."""

import numpy as np

TINY = 1e-9  # instead of nothing, whose logarithm is −∞


def coverage_penalty(attention: np.ndarray) -> float:
    """Coverage penalty (Wu et al. 2016, eq. 14).

        cp(x, y) = Σ_l log min(Σ_t α_tl, 1)

    It is 0 where every step of the input was attended to with a weight of 1 in all, and the lower, the more
    of the input was passed over. Times β it is added to a sequence's score.

    Shapes: attention (T, L), without padding.

    >>> round(coverage_penalty(np.array([[0.5, 0.5], [0.75, 0.25]])), 4)
    -0.2877
    """
    return float(np.log(np.clip(attention.sum(0), TINY, 1.0)).sum())

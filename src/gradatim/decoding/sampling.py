"""One choice from scores: greedy, at a temperature, among the k best."""

import numpy as np

from gradatim.checks import UsageError, real, whole
from gradatim.random import key


def probabilities(scores: np.ndarray, temperature: float = 1.0, top_k: int | None = None) -> np.ndarray:
    """The distribution that a choice is drawn from (Ackley, Hinton & Sejnowski 1985; top k, Fan et al. 2018).

        p_j = e^(s_j/τ) / Σ_i e^(s_i/τ)    over the k largest scores, and 0 for the others

    τ = 1 is the network's own softmax, τ → 0 takes the best alone, which τ = 0 stands for, and τ → ∞ makes
    the k equal. Of equal scores the first are kept. Shapes: s (K,) → (K,), float64.

    Raises UsageError for a temperature below 0, a top_k below 1, or scores that are not finite.

    >>> probabilities(np.log([1.0, 2.0, 5.0]), top_k=2).round(4).tolist()
    [0.0, 0.2857, 0.7143]
    """
    s = np.asarray(scores, np.float64)
    temperature = real("temperature", temperature, at_least=0)
    if s.ndim != 1 or not s.size or not np.isfinite(s).all():
        raise UsageError(f"scores must be a row of finite numbers; their shape is {s.shape}")
    k = s.size if top_k is None else min(whole("top_k", top_k, 1), s.size)
    best = np.argsort(-s, kind="stable")[: k if temperature else 1]
    p = np.zeros_like(s)
    with np.errstate(over="ignore"):  # far below the best: e^−∞ = 0
        p[best] = np.exp((s[best] - s[best[0]]) / (temperature or 1.0))
    return p / p.sum()


def uniform(seed: int, position: int | tuple[int, ...]) -> float:
    """A number in [0, 1) that is a function of seed and position, one number or several.

    >>> uniform(0, 7) == uniform(0, 7) != uniform(0, 8)
    True
    """
    return (key(seed, "sample", position) >> 11) * 2.0**-53


def choose(p: np.ndarray, u: float) -> int:
    """The j whose part of [0, 1) holds u, the parts p_0, p_1, … laid end to end; never one of probability 0.

    >>> [choose(np.array([0.25, 0, 0.75]), u) for u in (0.0, 0.2499, 0.25, 0.999)]
    [0, 0, 2, 2]
    """
    ends = np.cumsum(p)
    return int(min(np.searchsorted(ends, u * ends[-1], side="right"), np.flatnonzero(p)[-1]))


def sample(
    scores: np.ndarray, seed: int, position: int | tuple[int, ...], temperature: float = 1.0,
    top_k: int | None = None,
) -> int:  # fmt: skip
    """One choice, reproducible: a function of the scores, the seed and the position in the sequence, which
    may be several numbers.

        j ~ p,   p_j = e^(s_j/τ) / Σ_i e^(s_i/τ) over the k largest scores

    τ is `temperature`, k `top_k`; `probabilities` says what becomes of them.

    >>> [sample(np.log([1.0, 2.0, 5.0]), seed=0, position=t) for t in range(5)]
    [2, 2, 2, 2, 0]
    """
    return choose(probabilities(scores, temperature, top_k), uniform(seed, position))


def greedy(scores: np.ndarray) -> int:
    """The best score's number; of equal ones the first.

        j = argmax_i s_i

    >>> greedy(np.array([0.1, 2.0, -1.0]))
    1
    """
    return int(np.argmax(scores))

"""The steps of skip-gram with negative sampling, as functions of arrays: the definition."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from gradatim.data.contexts import Draws

LAST_RATE = 1e-4  # of the first rate, below which it does not fall (word2vec)


class Kept(NamedTuple):
    """What of a text one epoch learns from."""

    words: np.ndarray  # (M,) int32, numbers of the words that are kept
    places: np.ndarray  # (M,) int64, where they stand in the text
    rates: np.ndarray  # (M,) α of each


def rates_of(lr: float, done: np.ndarray) -> np.ndarray:
    """α = α₀ max(1 − p, 10⁻⁴), p the share of training that is done.

    >>> rates_of(0.5, np.array([0.0, 0.5, 1.0])).tolist()
    [0.5, 0.25, 5e-05]
    """
    return lr * np.maximum(1 - done, LAST_RATE)


def pair_step(W: np.ndarray, C: np.ndarray, w: int, o: int, noise: np.ndarray, rate: float) -> float:
    """One step uphill on a pair of a word w and its context o (Mikolov et al. 2013, equation 4).

        log σ(u_oᵀ v_w) + Σ_i m_i log σ(−u_iᵀ v_w),   m_i how often i is among the noise that is not o
        g_o = α (1 − σ(u_oᵀ v_w)),   g_i = −α m_i σ(u_iᵀ v_w)
        u_j ← u_j + g_j v_w,   v_w ← v_w + Σ_j g_j u_j,   of u and v as they were

    Shapes: W (K, D) the vectors v, C (K, D) the vectors u, both changed in place. Returns the loss before.
    """
    others, m = np.unique(noise[noise != o], return_counts=True)
    rows, times = np.array([o, *others]), np.array([1, *m], W.dtype)
    sign = np.full(len(rows), -1, W.dtype)
    sign[0] = 1
    U, v = C[rows], W[w]
    s = sign * (U @ v)
    g = W.dtype.type(rate) * times * sign * expit(-s)
    C[rows] += g[:, None] * v
    W[w] += g @ U
    return float(times @ np.logaddexp(0, -s.astype(np.float64)))


def skip_gram_steps(
    W: np.ndarray, C: np.ndarray, kept: Kept, draws: Draws, first: int, last: int
) -> tuple[float, int]:
    """A step for every pair of the kept words from `first` to `last`, one after the other; W and C are
    changed in place. Returns the sum of the losses before each step, and how many there were.
    """
    loss, pairs = 0.0, draws.pairs(kept.words, kept.places, np.arange(first, last))
    rate_of_pair = np.repeat(kept.rates[first:last], contexts_of(kept, draws, first, last))
    for (w, o, *noise), rate in zip(pairs.tolist(), rate_of_pair.tolist(), strict=True):
        loss += pair_step(W, C, w, o, np.array(noise), rate)
    return loss, len(pairs)


def contexts_of(kept: Kept, draws: Draws, first: int, last: int) -> np.ndarray:
    """How many contexts each of these words has: b on each side, fewer at the text's ends."""
    i, b = np.arange(first, last), draws.reaches(kept.places[first:last])
    return np.minimum(i, b) + np.minimum(len(kept.words) - 1 - i, b)

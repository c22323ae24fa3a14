"""How well borders divide a picture into segments: V_rand (curriculum D33)."""

from typing import NamedTuple

import numpy as np

THRESHOLDS = tuple(round(0.1 * k, 1) for k in range(1, 10))  # of the probability of lying inside a segment


class RandSums(NamedTuple):
    """Σ p_ij², Σ s_i² and Σ t_j², of which all the Rand scores are made."""

    both: float
    said: float
    true: float

    @property
    def split(self) -> float:
        """Of two pixels of one true segment, how probably they are in one found segment."""
        return self.both / self.true

    @property
    def merge(self) -> float:
        """Of two pixels of one found segment, how probably they are in one true segment."""
        return self.both / self.said

    @property
    def f_score(self) -> float:
        """V_rand, the harmonic mean of both."""
        return 2 * self.both / (self.said + self.true)


def segments(inside: np.ndarray) -> np.ndarray:
    """Numbers 1 … S of the connected components of what is inside (H, W), and 0 for the borders between.

    Pixels are connected by their sides, so that a border one pixel wide divides even where it runs aslant.

    >>> segments(np.array([[True, False, True]])).tolist()
    [[1, 0, 2]]
    """
    from scipy import ndimage

    return ndimage.label(inside)[0]


def thin_borders(numbers: np.ndarray) -> np.ndarray:
    """Segments (H, W) that grow through the borders, a pixel a round by their sides, until none is left.

    So every pixel goes to the segment that is fewest steps away; of two, to the one with the greater number.

    >>> thin_borders(np.array([[1, 0, 0, 0, 0, 2]])).tolist()
    [[1, 1, 1, 2, 2, 2]]
    """
    if numbers.all() or not numbers.any():
        return numbers
    grown = np.pad(numbers, 1)
    width, flat = grown.shape[1], grown.reshape(-1)
    left = np.flatnonzero(np.pad(numbers == 0, 1))  # the pixels that nobody has yet
    while len(left):
        reached = np.maximum(
            np.maximum(flat[left - 1], flat[left + 1]), np.maximum(flat[left - width], flat[left + width])
        )
        flat[left] = reached
        left = left[reached == 0]
    return grown[1:-1, 1:-1]


def rand_sums(found: np.ndarray, true: np.ndarray) -> RandSums:
    """What the Rand scores of found segments are made of, over the foreground of the true ones.

        p_ij = the share of the pixels with t > 0 that lie in segment i of `found` and j of `true`
        V_split = Σ p_ij² / Σ t_j²,   V_merge = Σ p_ij² / Σ s_i²,   V_rand = 2 Σ p_ij² / (Σ s_i² + Σ t_j²)

    After Arganda-Carreras et al. (2015), eqs. 2–4. Shapes: both (H, W) numbers, 0 of `true` being its
    borders, which do not count. Where there is no foreground every sum is 0 but that of a perfect answer.
    """
    from scipy.sparse import coo_matrix

    counted = true > 0
    s, t = found[counted].ravel(), true[counted].ravel()
    if not len(s):
        return RandSums(1.0, 1.0, 1.0)
    shape = int(s.max()) + 1, int(t.max()) + 1
    p = coo_matrix((np.ones(len(s)), (s, t)), shape).tocsr()
    p.sum_duplicates()
    p /= len(s)
    rows, columns = np.asarray(p.sum(1)).ravel(), np.asarray(p.sum(0)).ravel()
    return RandSums(float((p.data**2).sum()), float((rows**2).sum()), float((columns**2).sum()))


def rand_by_threshold(
    inside: np.ndarray, true_inside: np.ndarray, known: np.ndarray | bool = True
) -> np.ndarray:  # fmt: skip
    """Split score, merge score and V_rand of a picture at every threshold, (T, 3).

    Found segments are the components of inside > θ, their borders thinned; the true ones those of
    `true_inside`. Pixels that are not known divide both like borders, and none is counted. Shapes: (H, W)
    probabilities of lying inside a segment, whether one does, and whether that is known.
    """
    true = segments(true_inside & known)
    sums = [rand_sums(thin_borders(segments((inside > theta) & known)), true) for theta in THRESHOLDS]
    return np.array([(one.split, one.merge, one.f_score) for one in sums])

"""Masks whose one class is thin borders between the segments of the other (curriculum D33)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from gradatim.functional.void import known_pixels
from gradatim.problems.masks import Masks
from gradatim.problems.problem import Array, Head
from gradatim.problems.segment_measures import THRESHOLDS, rand_by_threshold, segments
from gradatim.problems.summed import Summed

LOOKED_AT, SIDE = 4, 256  # pictures, and pixels of them, that say whether there are such borders
SEGMENTS = 4  # that borders divide a picture into, on average
THINNER = 3  # how many times thinner borders are than segments


@dataclass(frozen=True)
class Membranes(Masks):
    """Whether every pixel is on a membrane, `border`, or inside one of the segments that it divides.

        V_rand at the best of nine thresholds θ: pixels with p(inside) > θ, in connected components, their
        borders thinned; the mean over pictures of 2 Σ p_ij² / (Σ s_i² + Σ t_j²), over the true foreground

        pixel error: 1 − the largest F-score over the same θ of the pixels inside, of all pictures together,
        F = 2 TP / (2 TP + FP + FN)

    That a single missing pixel of a membrane joins two cells is seen by V_rand and not by pixels. Both as the
    challenge of 2012 measured them (Arganda-Carreras et al. 2015); the share of wrong pixels, at ½, is what
    `pixel_accuracy` lacks of 1.

    Shapes: a (N, 2, H, W); y (N, H, W) class numbers.

    >>> y = np.kron(np.ones((2, 2), int), np.pad(np.ones((7, 7), int), (0, 1)))[None]  # 4 cells, walls of 0
    >>> a = np.stack([1.0 - y, y], 1)
    >>> Membranes((0, 255), "cross_entropy").measures(a, y)["v_rand"]
    1.0
    """

    kind: ClassVar[str] = "membranes"
    deciding: ClassVar[tuple[str, int]] = ("v_rand", 1)

    border: int = 0  # the number of the class

    def head(self, examples: int | None = None) -> Head:
        """That of masks, and what the borders are."""
        found = super().head(examples)
        what = f"{self.names[self.border]} is thin borders between segments, which V_rand judges"
        return found._replace(sentence=f"{found.sentence}; {what}")

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """V_rand, its split and merge scores, the pixel error; then those of masks."""
        of_masks = super().measures(a, y)
        return {**self._of_segments(self._inside(a), y), **of_masks}

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """The same of the probabilities (N, 2, H, W) of any model."""
        of_masks = super().measures_of(predictions, y)
        return {**self._of_segments(predictions[:, 1 - self.border], y), **of_masks}

    def _inside(self, a: Array) -> Iterator[Array]:
        """The probability of lying inside at every pixel, (H, W), one picture after the other."""
        return (self.predictions(one[None])[0, 1 - self.border] for one in a)

    def _of_segments(self, inside: Iterable[Array], y: Array) -> dict[str, float]:
        scores, pixels = [], []
        for p, true in zip(inside, y, strict=True):
            known, within = known_pixels(true), true != self.border
            pixels.append(_overlap(p[known], within[known]))
            if known.any():
                scores.append(rand_by_threshold(p, within, known))
        split, merge, f = _best(np.mean(scores, 0))
        both, either = np.sum(pixels, 0)
        error = 1 - float((2 * both / np.maximum(either, 1)).max())
        return {"v_rand": f, "v_rand_split": split, "v_rand_merge": merge, "pixel_error": error}

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The V_rand of every picture at every threshold, and that there is one."""
        of = zip(self._inside(a), y != self.border, known_pixels(y), strict=True)
        f = np.array([rand_by_threshold(*one) for one in of])[..., 2]
        is_known = known_pixels(y).reshape(len(y), -1).any(1, keepdims=True)
        return Summed(np.concatenate([f * is_known, is_known], 1), _best_mean)

    def check(self) -> "Membranes":
        """The problem, or GradatimError naming an entry that cannot be."""
        self.require(self.border in (0, 1), "border", "0 or 1")
        return super().check()


def _best(scores: Array) -> tuple[float, float, float]:
    """Split, merge and F score (3,) at the threshold with the best F, of (T, 3)."""
    split, merge, f = scores[scores[:, 2].argmax()].tolist()
    return split, merge, f


def _overlap(p: Array, within: Array) -> Array:
    """By threshold, how many pixels lie inside and are found there, and the sum of those that do either."""
    found = [p > theta for theta in THRESHOLDS]
    return np.array([[(one & within).sum() for one in found], [one.sum() + within.sum() for one in found]])


def _best_mean(sums: Array) -> Array:
    """The best of the thresholds' means, of sums (…, T + 1) whose last is how many."""
    return sums[..., :-1].max(-1) / np.maximum(sums[..., -1], 1e-300)


def border_class(y: Array) -> int | None:
    """The class that is thin borders between segments of the other, of masks (N, H, W); None where none is.

    It holds less than half of the pixels, divides what is left of a picture into four segments or more on
    average, and is three times thinner than they are: the pixel that lies deepest but for 5 % of the class.

    >>> border_class(np.kron(np.eye(2, dtype=int), np.ones((8, 8), int))[None])  # a chessboard has no borders
    """
    y = y[known_pixels(y).any((1, 2))]
    if not len(y):
        return None
    some = y[np.unique(np.linspace(0, len(y) - 1, LOOKED_AT).astype(int)), :SIDE, :SIDE]
    found = filter(partial(_is_border, some), (0, 1))
    return next(found, None)


def _is_border(y: Array, k: int) -> bool:
    border, known = y == k, known_pixels(y)
    inside = known & ~border
    if (
        not 0 < border.sum() < 0.5 * known.sum()
        or np.mean([segments(one).max() for one in inside]) < SEGMENTS
    ):
        return False
    pairs = zip(border, inside, strict=True)
    thickness = [(_depth(one), _depth(rest)) for one, rest in pairs if one.any() and rest.any()]
    thin, thick = np.median(np.array(thickness), 0)
    return bool(THINNER * thin <= thick)


def _depth(inside: Array) -> float:
    """How far from the class's end its pixels lie, but for the deepest 5 %."""
    from scipy import ndimage

    return float(np.quantile(ndimage.distance_transform_edt(inside)[inside], 0.95))

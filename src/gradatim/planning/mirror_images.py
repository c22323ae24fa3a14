"""Whether the mirror images of pictures are of the same class: what the pictures themselves say.

The figures are in docs/log/planning.md, "The recipe for pictures".
"""

from math import prod
from typing import Any, NamedTuple

import numpy as np

MIRRORED = 0.9  # of the share that is right of the pictures, to be right of their mirror images
FEWEST, WORSE = 100, 0.02  # pictures nearer to a mirror image than to any other, and its loss of their share
LOOKED_AT, NUMBERS = 4000, 1 << 25  # pictures, and numbers in them
SEED = 0


class Shares(NamedTuple):
    """How often a rule is right of the pictures, and of or by their mirror images."""

    own: float
    mirrored: float


def are_mirrored(train: Any) -> tuple[bool, str]:
    """Whether mirror images may be learned from as pictures of the same class, and how that is seen.

    Either the data look the same from both sides: the nearest of the classes' mean pictures, each without
    the picture that is asked about, is right of as large a share of the mirror images as of the pictures, to
    chance. Or the mirror images look like no other class, as of shoes that all point to the left: where a
    mirror image is nearer to a picture than all other pictures are, its class is right as often as theirs.
    Of digits and letters neither is so. Pictures without classes are taken to be mirrored.
    """
    y = getattr(train, "y", None)
    if y is None or y.ndim != 1 or len(train.classes) < 2:
        return True, "mirror images are taken to be as good as the pictures"
    most = min(LOOKED_AT, NUMBERS // prod(train.shape))
    rows = np.random.default_rng(SEED).permutation(len(train))[: max(most, 1)]
    x, y = np.asarray(train.x[rows], np.float32), y[rows]
    of_means = Shares(_right(x, x, y), _right(x[..., ::-1], x, y))
    chance = 2 * (of_means.own * (1 - of_means.own) / len(y)) ** 0.5
    said = "the nearest mean picture is right of {:.0%} of them and of {:.0%} of their mirror images"
    if of_means.mirrored >= MIRRORED * of_means.own - chance:
        return True, said.format(*of_means)
    taken, of_nearest = _nearest(x, y)
    if taken >= FEWEST and of_nearest.mirrored >= of_nearest.own - WORSE:
        return True, (
            f"a mirror image is the nearest to {taken / len(y):.0%} of them, and right of "
            f"{of_nearest.mirrored:.0%} of those, as the nearest picture is of {of_nearest.own:.0%}"
        )
    return False, said.format(*of_means)


def _right(asked: np.ndarray, x: np.ndarray, y: np.ndarray) -> float:
    """How often the class of the nearest mean is right of pictures `asked`, versions of x.

    |a − m_k|² = |a|² − 2 a·m_k + |m_k|²,   m_k the mean of class k without the picture itself
    """
    a, x = asked.reshape(len(x), -1), x.reshape(len(x), -1)
    classes, y = np.unique(y, return_inverse=True)
    counts = np.bincount(y).astype(np.float64)
    sums = np.stack([x[y == k].sum(0, dtype=np.float64) for k in range(len(classes))])
    means = sums / counts[:, None]
    far = (means**2).sum(1) - 2 * (a @ means.T.astype(np.float32))  # (N, K), less |a|²
    without = (sums[y] - x) / np.maximum(counts[y] - 1, 1)[:, None]
    far[np.arange(len(y)), y] = (without**2).sum(1) - 2 * (a * without).sum(1)
    return float((far.argmin(1) == y).mean())


def _nearest(x: np.ndarray, y: np.ndarray) -> tuple[int, Shares]:
    """How many pictures have a mirror image of another nearest to them, and how often the class of the
    nearest picture and of that mirror image is theirs.
    """
    a, mirrored = x.reshape(len(x), -1), x[..., ::-1].reshape(len(x), -1)
    length = (a * a).sum(1)
    distances = []
    for others in (a, mirrored):
        far = length - 2 * (a @ others.T)  # (N, N), less |a|²
        np.fill_diagonal(far, np.inf)  # neither itself nor its own mirror image
        distances.append(far)
    among, across = distances
    taken = across.min(1) < among.min(1)
    if not taken.any():
        return 0, Shares(0.0, 0.0)
    found = [(y[far[taken].argmin(1)] == y[taken]).mean() for far in distances]
    return int(taken.sum()), Shares(*map(float, found))

"""Spirals that wind around each other."""

import numpy as np

from gradatim.checks import real, whole
from gradatim.data.dataset import Dataset
from gradatim.data.teaching.points import check_points, points_of_classes, uniform, with_noise

CENTRE = 0.1  # where the arms begin


def spirals(
    n: int = 600, noise: float = 0.02, arms: int = 3, turns: float = 1.0, seed: int = 0
) -> Dataset:  # fmt: skip
    """The arms of a spiral, a class each (two of them: Lang & Witbrock 1988).

        x = r (cos φ, sin φ) + noise · z,   φ = 2π (turns · r + k / arms) of class k
        r ~ U(0.1, 1),   z ~ N(0, I)

    Shapes: x (n, 2), y (n,).
    Raises UsageError for fewer points than arms, arms outside 2 … 6, turns not above 0, a noise below 0.

    >>> spirals(n=6, arms=3).y.tolist()
    [0, 1, 2, 0, 1, 2]
    """
    whole("arms", arms, at_least=2, at_most=6)
    check_points(n, noise, seed, at_least=arms)
    real("turns", turns, above=0)
    y = np.arange(n) % arms
    r = CENTRE + (1 - CENTRE) * uniform(seed, "spirals", n)
    angle = 2 * np.pi * (turns * r + y / arms)
    x = r[:, None] * np.stack([np.cos(angle), np.sin(angle)], 1)
    return points_of_classes("spirals", with_noise(x, noise, seed), y)

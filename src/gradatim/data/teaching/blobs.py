"""Clouds of points around centres."""

import numpy as np

from gradatim.checks import whole
from gradatim.data.dataset import Dataset
from gradatim.data.teaching.points import check_points, points_of_classes, with_noise


def blobs(n: int = 600, noise: float = 0.35, classes: int = 3, seed: int = 0) -> Dataset:
    """Round clouds whose centres stand on a circle, a class each: linear boundaries are the best there are.

        x = (cos 2πk/K, sin 2πk/K) + noise · z of class k,   z ~ N(0, I),   K = `classes`

    Shapes: x (n, 2), y (n,).
    Raises UsageError for fewer points than classes, classes outside 2 … 6, a noise below 0.

    >>> blobs(n=4, noise=0, classes=4).x.tolist()
    [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0], [-0.0, -1.0]]
    """
    whole("classes", classes, at_least=2, at_most=6)
    check_points(n, noise, seed, at_least=classes)
    y = np.arange(n) % classes
    angle = 2 * np.pi * y / classes
    x = np.stack([np.cos(angle), np.sin(angle)], 1)
    return points_of_classes("blobs", with_noise(x, noise, seed), y)

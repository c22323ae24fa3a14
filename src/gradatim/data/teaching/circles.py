"""A circle in a circle."""

import numpy as np

from gradatim.checks import real
from gradatim.data.dataset import Dataset
from gradatim.data.teaching.points import check_points, points_of_classes, uniform, with_noise


def circles(n: int = 600, noise: float = 0.1, factor: float = 0.5, seed: int = 0) -> Dataset:
    """A circle around another; scikit-learn's make_circles draws the same.

        x = r (cos t, sin t) + noise · z,   r = 1 of class 0 and `factor` of class 1
        t ~ U(0, 2π),   z ~ N(0, I)

    Shapes: x (n, 2), y (n,). Raises UsageError for n below 2, a noise below 0, a factor outside (0, 1).

    >>> inner = circles(n=8, noise=0, factor=0.5).x[1]  # classes alternate
    >>> round(float((inner**2).sum()), 5)
    0.25
    """
    check_points(n, noise, seed, at_least=2)
    real("factor", factor, above=0, below=1)
    y, t = np.arange(n) % 2, 2 * np.pi * uniform(seed, "circles", n)
    r = np.where(y == 0, 1.0, factor)
    x = r[:, None] * np.stack([np.cos(t), np.sin(t)], 1)
    return points_of_classes("circles", with_noise(x, noise, seed), y)

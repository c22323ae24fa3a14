"""Two half moons."""

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.teaching.points import check_points, points_of_classes, uniform, with_noise


def moons(n: int = 600, noise: float = 0.2, seed: int = 0) -> Dataset:
    """Two half moons, one reaching into the other; the curves are those of scikit-learn's make_moons.

        class 0: x = (cos t, sin t) + noise · z;   class 1: x = (1 − cos t, ½ − sin t) + noise · z
        t ~ U(0, π),   z ~ N(0, I)

    Shapes: x (n, 2), y (n,). Raises UsageError for n below 2 and for a noise below 0.

    >>> moons().shape, moons().classes
    ((2,), ('0', '1'))
    """
    check_points(n, noise, seed, at_least=2)
    y, t = np.arange(n) % 2, np.pi * uniform(seed, "moons", n)
    upper = np.stack([np.cos(t), np.sin(t)], 1)
    lower = np.stack([1 - np.cos(t), 0.5 - np.sin(t)], 1)
    return points_of_classes("moons", with_noise(np.where(y[:, None] == 0, upper, lower), noise, seed), y)

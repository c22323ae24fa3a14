"""A sine with noise."""

import numpy as np

from gradatim.checks import real
from gradatim.data.dataset import Dataset
from gradatim.data.teaching.points import (
    check_points,
    points_of_a_function,
    uniform,
    with_noise,
)


def sine(n: int = 300, noise: float = 0.1, waves: float = 2.0, seed: int = 0) -> Dataset:
    """A number y for every number x: some waves of a sine, with noise.

        y = sin(2π · waves · x) + noise · z,   x ~ U(0, 1),   z ~ N(0, 1)

    Shapes: x (n, 1), y (n,). Raises UsageError for n below 2, a noise below 0, waves not above 0.

    >>> one = sine(n=2, noise=0)
    >>> bool(abs(np.sin(4 * np.pi * one.x[:, 0]) - one.y).max() < 1e-4)
    True
    """
    check_points(n, noise, seed, at_least=2)
    real("waves", waves, above=0)
    x = uniform(seed, "sine", n)
    y = with_noise(np.sin(2 * np.pi * waves * x)[:, None], noise, seed)[:, 0]
    return points_of_a_function("sine", x[:, None], y)

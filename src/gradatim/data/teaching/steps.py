"""A staircase with noise."""

import numpy as np

from gradatim.checks import whole
from gradatim.data.dataset import Dataset
from gradatim.data.teaching.points import (
    check_points,
    points_of_a_function,
    uniform,
    with_noise,
)


def steps(n: int = 300, noise: float = 0.05, steps: int = 4, seed: int = 0) -> Dataset:
    """A number y for every number x: a staircase from 0 to 1, which no continuous function is.

        y = ⌊K x⌋/(K − 1) + noise · z,   x ~ U(0, 1),   z ~ N(0, 1),   K = `steps`

    Shapes: x (n, 1), y (n,). Raises UsageError for n below 2, steps below 2, a noise below 0.

    >>> sorted(set(steps(noise=0, steps=3).y.tolist()))
    [0.0, 0.5, 1.0]
    """
    whole("steps", steps, at_least=2, at_most=1000)
    check_points(n, noise, seed, at_least=2)
    x = uniform(seed, "steps", n)
    y = with_noise((np.floor(steps * x) / (steps - 1))[:, None], noise, seed)[:, 0]
    return points_of_a_function("steps", x[:, None], y)

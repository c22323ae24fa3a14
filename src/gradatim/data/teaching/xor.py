"""Exclusive or, with noise."""

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.teaching.points import check_points, points_of_classes, with_noise


def xor(n: int = 600, noise: float = 0.15, seed: int = 0) -> Dataset:
    """Four clouds around the corners of a square, of which no line parts the classes (Minsky & Papert 1969).

        x = c + noise · z,   c ∈ {0, 1}²,   z ~ N(0, I);   class = c₁ ⊕ c₂

    `xor:noise=0` repeats the truth table. Shapes: x (n, 2), y (n,).
    Raises UsageError for n below 4 and for a noise below 0.

    >>> table = xor(n=4, noise=0)
    >>> table.x.tolist(), table.y.tolist()
    ([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]], [0, 1, 1, 0])
    """
    check_points(n, noise, seed, at_least=4)
    i = np.arange(n)
    c = np.stack([i % 2, i // 2 % 2], 1)
    return points_of_classes("xor", with_noise(c, noise, seed), c[:, 0] ^ c[:, 1])

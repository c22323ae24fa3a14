"""The digits that most claims learn from: pixels between 0 and 1, drawn anew into splits by the seed."""

from typing import NamedTuple

import numpy as np

from gradatim.data.loading import load_data
from gradatim.random import permutation

LARGEST = {"digits": 16.0, "mnist": 255.0}  # a pixel
Rows = tuple[np.ndarray, np.ndarray]  # x (N, D), y (N,)


class Splits(NamedTuple):
    """Examples to learn from, to stop by and to be judged by."""

    train: Rows
    valid: Rows
    test: Rows


def digit_splits(seed: int, train: int, valid: int = 0, name: str = "digits") -> Splits:
    """So many examples of a permutation by the seed, in float64; all others are the test.

    >>> [len(y) for _, y in digit_splits(0, train=1000, valid=200)]
    [1000, 200, 597]
    """
    data = load_data(name)
    x = data.x.reshape(len(data.x), -1).astype(np.float64)
    if x.max() > 1:
        x /= LARGEST[name]
    order = permutation(seed, "experiment", len(x))
    parts = np.split(order, [train, train + valid])
    return Splits(*((x[rows], np.asarray(data.y)[rows]) for rows in parts))

"""Pictures whose class is the corner that is bright."""

import numpy as np


def pictures(n, channels=3, side=16, kinds=4, seed=0):
    """Pictures with a bright corner, which is the class: left and right ones where there are four."""
    draws = np.random.default_rng(seed)
    x, y = draws.integers(0, 60, (n, channels, side, side)).astype(np.uint8), np.arange(n) % kinds
    half = side // 2
    for row, k in enumerate(y):
        x[row, :, (k % 2) * half :, (k // 2) * half :][:, :half, :half] += 120
    return x, y

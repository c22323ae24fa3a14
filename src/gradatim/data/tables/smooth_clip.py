"""Numbers far from 0 bent towards a limit, without a corner."""

import numpy as np

LIMIT = 3.0
NEAREST = 0.999  # to the limit, for a network's outputs may reach it
FAR = 1e150  # from where all numbers are alike


def smooth_clip(x: np.ndarray, limit: float = LIMIT) -> np.ndarray:
    """Near 0 x itself, never beyond ±c, strictly rising (Holzmüller, Grinsztajn & Steinwart 2024).

        x / √(1 + (x/c)²)

    >>> smooth_clip(np.array([0.0, 3.0, 1e300, -np.inf])).round(4).tolist()
    [0.0, 2.1213, 3.0, -3.0]
    """
    x = np.clip(x, -FAR, FAR)
    return x / np.hypot(1.0, x / limit)


def inverse_smooth_clip(y: np.ndarray, limit: float = LIMIT) -> np.ndarray:
    """The x that is bent to y; of a y beyond what numbers are bent to, that of 0.999 of the limit.

        y / √(1 − (y/c)²)

    >>> inverse_smooth_clip(smooth_clip(np.array([0.0, -1.5, 3.0]))).round(12).tolist()
    [0.0, -1.5, 3.0]
    """
    y = np.clip(y, -NEAREST * limit, NEAREST * limit)
    return y / np.sqrt(1 - (y / limit) ** 2)

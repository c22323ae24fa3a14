"""Mean and deviation of pictures' channels from whole sums, which no order of adding changes."""

from math import sqrt
from typing import NamedTuple

import numpy as np

AT_ONCE = 1 << 22  # numbers that are squared together


class ChannelMoments(NamedTuple):
    """n numbers of each channel, their sums (C,) and the sums of their squares (C,), all of them whole.

        mean = Σx / n,   deviation = √(Σx² / n − mean²) = √(n Σx² − (Σx)²) / n

    Bytes and their squares are whole numbers, so both are exact but for one rounding each, however many
    pictures are read at a time.

    >>> ChannelMoments.of(np.array([[[[0, 2]]], [[[4, 6]]]], np.uint8)).mean
    array([3.])
    """

    n: int
    total: np.ndarray
    squares: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray) -> "ChannelMoments":
        """Those of bytes (N, C, …)."""
        step = max(1, AT_ONCE // max(1, x[:1].size))
        parts = [sums_of_pictures(x[at : at + step]) for at in range(0, len(x), step)]
        total, squares = (np.sum([part[i].sum(0) for part in parts], 0) for i in (0, 1))
        return cls(x.size // x.shape[1], total, squares)

    @property
    def mean(self) -> np.ndarray:
        """(C,)."""
        return np.array([total / self.n for total in self.total.tolist()])

    @property
    def deviation(self) -> np.ndarray:
        """(C,), of all the numbers, not of a sample."""
        pairs = zip(self.total.tolist(), self.squares.tolist(), strict=True)
        return np.array([sqrt((self.n * q - s * s) / self.n**2) for s, q in pairs])


def sums_of_pictures(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Σx and Σx² of every channel of every picture of bytes: (N, C, …) → (N, C) and (N, C)."""
    flat = x.reshape(*x.shape[:2], -1)
    return flat.sum(2, dtype=np.int64), np.multiply(flat, flat, dtype=np.uint32).sum(2, dtype=np.int64)

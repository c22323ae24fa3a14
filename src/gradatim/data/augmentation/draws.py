"""What is drawn for the examples of a batch: a function of (seed, epoch, example, operation)."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from gradatim.random import mix, uniform


@dataclass(frozen=True)
class Draws:
    """Random numbers of some examples for one operation in one epoch.

    u = uniform(seed, operation and name, epoch, number of the example): neither the batch that an example is
    in, nor what was drawn before, nor the device has a part in it. All are computed in NumPy.

    >>> few, many = Draws(0, 3, np.array([7])), Draws(0, 3, np.arange(100))
    >>> bool(few.uniform("angle")[0] == many.uniform("angle")[7])
    True
    """

    seed: int
    epoch: int
    rows: np.ndarray  # (N,) numbers of the examples in the training part
    operation: str = ""

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def _scrambled(self) -> np.ndarray:
        return mix(self.rows.astype(np.int32))

    def uniform(self, name: str, low: float = 0.0, high: float = 1.0) -> np.ndarray:
        """Numbers of [low, high), (N,)."""
        u = uniform(self._scrambled, self.seed, f"augment {self.operation} {name}", self.epoch)
        return low + (high - low) * u

    def several(self, name: str, count: int) -> np.ndarray:
        """So many numbers of [0, 1) for each example, (N, count)."""
        return np.stack([self.uniform(f"{name} {i}") for i in range(count)], 1)

    def happens(self, name: str, p: float) -> np.ndarray:
        """Whether something of probability p happens, (N,)."""
        return self.uniform(name) < p

    def whole(self, name: str, low: int, high: int) -> np.ndarray:
        """Whole numbers low … high, both included, each as likely, (N,)."""
        return (low + np.floor(self.uniform(name) * (high - low + 1))).astype(np.int64)

    def normal(self, name: str, count: int) -> np.ndarray:
        """Standard normal numbers, (N, count): √(−2 ln u) cos 2πv (Box & Muller 1958)."""
        u, v = 1.0 - self.several(f"{name} u", count), self.several(f"{name} v", count)
        return np.sqrt(-2 * np.log(u)) * np.cos(2 * np.pi * v)

    def of(self, some: np.ndarray) -> "Draws":
        """Those of some of the examples: numbers of places in the batch, or which of them."""
        return replace(self, rows=self.rows[some])

    def for_operation(self, operation: str) -> "Draws":
        """Those of another operation."""
        return replace(self, operation=operation)

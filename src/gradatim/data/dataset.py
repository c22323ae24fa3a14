"""Examples in memory."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np


@dataclass(frozen=True, repr=False)
class Dataset:
    """Inputs, targets and what is known of them.

    x (N, …) numbers; y (N,) class numbers 0 … K−1, other numbers, or None; classes, the K names y counts
    through; weights (N,) or None; official_test (N,) true where the publisher's test split is. Pictures are
    (N, C, H, W).
    """

    x: np.ndarray
    y: np.ndarray | None = None
    classes: tuple = ()
    weights: np.ndarray | None = None
    official_test: np.ndarray | None = None
    name: str = "data"
    features: tuple[str, ...] = ()
    source: dict[str, Any] = field(default_factory=dict)  # how to find it again: {"name": …} or {"path": …}

    def __len__(self) -> int:
        return len(self.x)

    def __repr__(self) -> str:
        classes = f", {len(self.classes)} classes" if self.classes else ""
        return f"Dataset({self.name!r}, {len(self)} examples of shape {self.x.shape[1:]}{classes})"

    @property
    def is_pictures(self) -> bool:
        """Whether an example is a picture (C, H, W) with one or three channels."""
        return self.x.ndim == 4 and self.x.shape[1] in (1, 3)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of types, shapes and values of x, y, weights and official test, and of class names."""
        digest = sha256(repr([str(name) for name in self.classes]).encode())
        for array in (self.x, self.y, self.weights, self.official_test):
            if array is not None:
                array = np.ascontiguousarray(array)
                digest.update(f"{array.dtype.str}{array.shape}".encode())
                digest.update(array.data.cast("B") if array.size else b"")
        return digest.hexdigest()

    def take(self, rows: np.ndarray) -> "Dataset":
        """The examples at these row numbers, which are all of one split."""
        return replace(
            self,
            x=self.x[rows],
            y=None if self.y is None else self.y[rows],
            weights=None if self.weights is None else self.weights[rows],
            official_test=None,
        )

"""Examples of a table as a network sees them, each of its columns known among the encoded numbers."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.tables.inputs import Input
from gradatim.random import permutation
from gradatim.runs.asking import dtype_of, outputs_of
from gradatim.runs.forward import forward
from gradatim.runs.trained import Trained


@dataclass(frozen=True)
class EncodedRows:
    """Raw inputs (N, D), the same encoded, (N, width), where each raw column went, and the targets.

    Where other models answer in the network's place x are the raw inputs themselves, since trees take these.
    """

    trained: Trained
    columns: tuple[Input, ...]
    raw: np.ndarray
    x: np.ndarray
    places: list[Any]
    y: np.ndarray | None

    def encode(self, raw: np.ndarray) -> np.ndarray:
        """Other raw inputs likewise."""
        return raw if self.trained.kept is not None else self.trained.encoder.encode(raw, self.x.dtype)

    def outputs(self, x: np.ndarray) -> np.ndarray:
        """The network's outputs for encoded inputs, or those of what answers in its place."""
        if self.trained.kept is not None:
            return outputs_of(self.trained, x)
        return forward(self.trained.model, x, self.trained.precision)


def encoded_rows(trained: Trained, data: Dataset, most: int, seed: int) -> EncodedRows | None:
    """At most so many examples, drawn by the seed; None where they are not rows of a table."""
    encoder = trained.encoder
    columns = encoder.columns(data)
    if not columns or trained.problem.has_own_loss or not len(data):
        return None
    raw = encoder.raw(data)
    rows = some_rows(len(data), most, seed)
    raw, y = raw[rows], None if data.y is None else data.y[rows]
    if trained.kept is not None:
        return EncodedRows(trained, columns, raw, raw, encoder.raw_places(len(columns)), y)
    x = encoder.encode(raw, dtype_of(trained))
    if trained.shape is not None:
        x = x.reshape(len(x), *trained.shape)
    return EncodedRows(trained, columns, raw, x, encoder.places(len(columns)), y)


def some_rows(n: int, most: int, seed: int) -> np.ndarray:
    """Rows of n, in order: all, or as many as asked for, drawn by the seed.

    >>> some_rows(3, 5, 0).tolist(), len(some_rows(10, 4, 0))
    ([0, 1, 2], 4)
    """
    return np.arange(n) if n <= most else np.sort(permutation(seed, "explained", n)[:most])

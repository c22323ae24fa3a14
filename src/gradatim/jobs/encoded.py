"""Examples of a table as a network sees them, each of its columns known among the encoded numbers."""

from dataclasses import dataclass

import numpy as np

from gradatim.data import preprocessing
from gradatim.data.dataset import Dataset
from gradatim.data.tables.encoding import inputs_of, places
from gradatim.data.tables.inputs import Input
from gradatim.random import permutation
from gradatim.runs.forward import forward
from gradatim.runs.trained import Trained


@dataclass(frozen=True)
class Encoded:
    """Raw inputs (N, D), the same encoded, (N, width), where each raw column went, and the targets."""

    trained: Trained
    columns: tuple[Input, ...]
    raw: np.ndarray
    x: np.ndarray
    places: list[slice]
    y: np.ndarray | None

    def encode(self, raw: np.ndarray) -> np.ndarray:
        """Other raw inputs likewise."""
        return preprocessing.apply(self.trained.preprocessing, raw, self.x.dtype)

    def outputs(self, x: np.ndarray) -> np.ndarray:
        """The network's outputs for encoded inputs."""
        return forward(self.trained.model, x, self.trained.precision)


def encoded(trained: Trained, data: Dataset, most: int, seed: int) -> Encoded | None:
    """At most so many examples, drawn by the seed; None where they are not rows of a table."""
    record = trained.preprocessing
    if not data.is_table or data.x.ndim != 2 or trained.loss is None or not len(data):
        return None
    raw = preprocessing.inputs(record, data)
    rows = chosen(len(data), most, seed)
    raw, y = raw[rows], None if data.y is None else data.y[rows]
    table = preprocessing.is_table(record)
    columns = inputs_of(record) if table else tuple(Input(str(name), "number") for name in data.features)  # type: ignore[arg-type]
    found = places(record) if table else [slice(i, i + 1) for i in range(raw.shape[1])]  # type: ignore[arg-type]
    dtype = np.float64 if trained.precision == "float64" else np.float32
    x = preprocessing.apply(record, raw, dtype)
    if trained.input_shape is not None and not table:
        x = x.reshape(len(x), *trained.input_shape)
    return Encoded(trained, columns, raw, x, found, y)


def chosen(n: int, most: int, seed: int) -> np.ndarray:
    """Rows of n, in order: all, or as many as asked for, drawn by the seed.

    >>> chosen(3, 5, 0).tolist(), len(chosen(10, 4, 0))
    ([0, 1, 2], 4)
    """
    return np.arange(n) if n <= most else np.sort(permutation(seed, "explained", n)[:most])

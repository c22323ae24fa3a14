"""Several inputs, each as it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.encoders.encoder import Encoder, Record, convert
from gradatim.data.inputs import Inputs
from gradatim.record_checks import COUNT, TEXT, Entries, Form, ListOf


@dataclass(frozen=True)
class Several(Encoder):
    """x′ = x of each input, in the order of training: only a network of the user's own reads several, and it
    was made for the data as they are.

    Bytes and fractions become fractions of the network's type; other whole numbers stay whole, to be looked
    up.
    """

    name: ClassVar[str] = "several"
    form: ClassVar[Form] = Entries({"inputs": ListOf(TEXT), "shapes": ListOf(ListOf(COUNT), at_least=1)})
    inputs_named: tuple[str, ...]  # nothing where they go by their order
    shapes: tuple[tuple[int, ...], ...]

    @classmethod
    def fit(cls, examples: Dataset) -> "Several":
        """The names and shapes of the training examples' inputs."""
        x: Any = examples.x
        return cls(x.names, tuple(tuple(part.shape[1:]) for part in x.arrays))

    def encode(self, x: Any, dtype: Any = np.float32) -> Any:
        """The inputs in the order of training; UsageError for those of other names or shapes."""
        if not isinstance(x, Inputs):
            raise UsageError(f"the network reads {self._described}; it was given one array")
        x = x.pick(self.inputs_named) if self.inputs_named or x.names else x
        if len(x.arrays) != len(self.shapes):
            raise UsageError(f"the network reads {self._described}; it was given {len(x.arrays)}")
        for label, part, shape in zip(x.labels(), x.arrays, self.shapes, strict=True):
            if tuple(part.shape[1:]) != shape:
                raise UsageError(
                    f"{label} has the shape {tuple(part.shape[1:])} an example; the network was trained on "
                    f"{shape}"
                )
        return x.map(lambda part: part if part.dtype.kind in "iu" and part.itemsize > 1 else _as(part, dtype))

    def raw_shape(self, shape: tuple[int, ...]) -> Any:
        """None: each input has its own."""

    def features(self, x: Any, names: tuple[str, ...], most: int) -> dict[str, Any]:
        """The first numbers of each input, under its name."""
        each = max(1, most // len(self.shapes))
        found: dict[str, Any] = {}
        for label, part in zip(self._labels, x.arrays, strict=True):
            flat = np.reshape(part, -1)[:each]
            found |= {f"{label} {i}" if flat.size > 1 else label: float(v) for i, v in enumerate(flat)}
        return found

    def choices(self, features: tuple[str, ...]) -> dict[str, str]:
        """That nothing is done to them."""
        return {"inputs": f"{', '.join(self._labels)}: each as it is, for a network of your own"}

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Dataset:
        """No example of these inputs."""
        return Dataset(Inputs.empty(self.inputs_named, self.shapes))  # type: ignore[arg-type]

    def as_dict(self) -> Record:
        """The names and the shapes."""
        return {
            "name": self.name, "inputs": list(self.inputs_named), "shapes": [list(s) for s in self.shapes]
        }  # fmt: skip

    @classmethod
    def from_dict(cls, record: Record) -> "Several":
        """The encoder of a record."""
        return cls(tuple(record["inputs"]), tuple(tuple(shape) for shape in record["shapes"]))

    @property
    def _labels(self) -> Sequence[str]:
        return self.inputs_named or [f"input {number}" for number in range(len(self.shapes))]

    @property
    def _described(self) -> str:
        return f"{len(self.shapes)} inputs, {', '.join(self._labels)}"


def _as(part: np.ndarray, dtype: Any) -> np.ndarray:
    return convert(part, part, dtype)

"""Several inputs an example, by name or in order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.arrays import array, check_inputs

Array = Any  # numpy.ndarray or torch.Tensor


class Inputs:
    """Several arrays of which example n is row n of each, like a structured array of NumPy.

    By name, {"image": (N, …), "row": (N, …)}, a network is called as network(image=…, row=…); in order,
    (x1, x2), as network(x1, x2). Their axes stay as they are given, but those of pictures of bytes, whose
    channels come first. Bytes and fractions reach it as fractions; other whole numbers stay whole,
    so that they can be looked up.

    Raises UsageError naming the input that cannot be.

    >>> both = Inputs({"image": np.zeros((3, 1, 8, 8)), "row": np.zeros((3, 2))})
    >>> both, len(both), both[np.array([0, 2])].shape
    (Inputs(image (1, 8, 8), row (2,)), 3, (2,))
    """

    def __init__(self, inputs: Mapping[str, Any] | Sequence[Any]):
        named = isinstance(inputs, Mapping)
        self.names: tuple[str, ...] = tuple(map(str, inputs)) if named else ()
        held = inputs.values() if isinstance(inputs, Mapping) else inputs
        self.arrays: tuple[Array, ...] = tuple(
            _checked(name, part) for name, part in zip(self.labels(len(inputs)), held, strict=True)
        )
        if not self.arrays:
            raise UsageError("there is no input")
        self.check_length(len(self.arrays[0]), self.labels()[0])

    def __len__(self) -> int:
        return len(self.arrays[0])

    def __repr__(self) -> str:
        names = self.names or [str(number) for number in range(len(self.arrays))]
        return f"Inputs({', '.join(f'{n} {a.shape[1:]}' for n, a in zip(names, self.arrays, strict=True))})"

    def __getitem__(self, rows: Any) -> "Inputs":
        return self.map(lambda part: part[rows])

    @property
    def shape(self) -> tuple[int, ...]:
        """(N,): each example is one record."""
        return (len(self),)

    @property
    def ndim(self) -> int:
        """1, as of a structured array."""
        return 1

    @property
    def size(self) -> int:
        """Numbers in all."""
        return sum(prod(part.shape) for part in self.arrays)

    @property
    def nbytes(self) -> int:
        """Bytes in all."""
        return sum(part.nbytes for part in self.arrays)

    def labels(self, count: int | None = None) -> list[str]:
        """What each is called in a sentence."""
        count = len(self.arrays) if count is None else count
        return [f'input "{name}"' for name in self.names] or [f"input {number}" for number in range(count)]

    def check_length(self, n: int, what: str = "the target") -> None:
        """Raise UsageError naming the first input that has not n examples, as `what` has."""
        for label, part in zip(self.labels(), self.arrays, strict=True):
            if len(part) != n:
                raise UsageError(f"{label} has {len(part)} examples, {what} {n}")

    def map(self, function: Callable[[Array], Array]) -> "Inputs":
        """The same inputs, a function applied to each."""
        return Inputs._of(self.names, tuple(map(function, self.arrays)))

    def pick(self, names: Sequence[str]) -> "Inputs":
        """Those of these names, in their order; UsageError naming one that is not there, or is too many."""
        missing = [name for name in names if name not in self.names]
        if missing or len(names) < len(self.names):
            raise UsageError(f"the inputs are {_listed(self.names)}; expected {_listed(tuple(names))}")
        place = {name: part for name, part in zip(self.names, self.arrays, strict=True)}
        return Inputs._of(tuple(names), tuple(place[name] for name in names))

    @classmethod
    def empty(cls, names: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> "Inputs":
        """No example of such inputs."""
        return cls._of(tuple(names), tuple(np.empty((0, *shape)) for shape in shapes))

    @classmethod
    def _of(cls, names: tuple[str, ...], arrays: tuple[Array, ...]) -> "Inputs":
        other = object.__new__(cls)
        other.names, other.arrays = names, arrays
        return other

    def arguments(self) -> "dict[str, Array] | tuple[Array, ...]":
        """What a network is called with."""
        return dict(zip(self.names, self.arrays, strict=True)) if self.names else self.arrays

    def split(self, size: int) -> Iterator["dict[str, Array] | tuple[Array, ...]"]:
        """The arguments of one batch of `size` examples after the other."""
        for at in range(0, len(self), size):
            yield self[at : at + size].arguments()


def are_several(x: Any, y: Any) -> bool:
    """Whether x is several inputs by name, or in order, and not the rows of one.

    A tuple or list of arrays is several inputs, unless it is as long as the targets: then each is a row, but
    for arrays that are all as long as the targets themselves.
    """
    if isinstance(x, Mapping):
        return True
    if not isinstance(x, tuple | list) or not x or not all(hasattr(part, "shape") for part in x):
        return False
    shapes = [tuple(part.shape) for part in x]
    if not all(shapes):
        return False  # single numbers
    n = len(y) if hasattr(y, "__len__") else None
    return len(x) != n or (all(shape[0] == n for shape in shapes) and any(len(shape) > 1 for shape in shapes))


def new_inputs(data: Any, first: Any) -> "Inputs | np.ndarray":
    """Inputs to predict from, as several where those of the first are; UsageError where they cannot be."""
    if not isinstance(first, Inputs):
        if isinstance(data, Mapping):
            raise UsageError("the network reads one input: give an array, not inputs by name")
        return check_inputs(array(data), as_given=first is None)
    if isinstance(data, Mapping) and first.names:
        return Inputs({name: part for name, part in data.items() if name in first.names} or data)
    if isinstance(data, tuple | list) and not first.names:
        return Inputs(data)
    how = "{" + ", ".join(f"{name!r}: …" for name in first.names) + "}" if first.names else "(x1, x2, …)"
    raise UsageError(f"the network reads {len(first.arrays)} inputs: give {how}")


def numbers_of(x: Any) -> np.ndarray:
    """Every number of each example, (N, D): those of several inputs side by side.

    >>> numbers_of(Inputs((np.ones((1, 2)), np.zeros((1, 1, 2))))).tolist()
    [[1.0, 1.0, 0.0, 0.0]]
    """
    parts = x.arrays if isinstance(x, Inputs) else (x,)
    flat = [part.reshape(len(part), -1) for part in parts]
    return flat[0] if len(flat) == 1 else np.concatenate(flat, axis=1)


def arguments_of(x: Any) -> Any:
    """What a network is called with: several inputs in a tuple or by name, one as it is."""
    return x.arguments() if isinstance(x, Inputs) else x


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "in order, without names"


def _checked(label: str, part: Any) -> np.ndarray:
    """One input as an array of finite numbers; UsageError with its name where it cannot be one."""
    part = array(part)
    try:
        return check_inputs(part[:, None])[:, 0] if part.ndim == 1 else check_inputs(part, as_given=True)
    except UsageError as error:
        raise UsageError(f"{label}: {error}") from error

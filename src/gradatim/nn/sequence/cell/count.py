"""Two recordings of one step with different numbers of rows, made one that holds for any number."""

from dataclasses import dataclass
from math import prod
from typing import Any

DEPENDS = "what the cell does depends on the numbers it is given, or on their count"


class CannotFuse(Exception):
    """Why a cell takes the readable path."""


@dataclass(frozen=True)
class Rows:
    """In a shape or an argument: the number of rows, `times` a number."""

    times: int = 1


Shape = tuple[int | Rows, ...]


def common(a: Any, b: Any, counts: tuple[int, int]) -> Any:
    """What two recordings agree on, with `Rows` where both have the same multiple of their counts.

    >>> common((2, 8, ("view", 4)), (3, 8, ("view", 6)), (2, 3))
    (Rows(times=1), 8, ('view', Rows(times=2)))

    Raises CannotFuse where they differ otherwise.
    """
    if isinstance(a, tuple) and type(a) is type(b) and len(a) == len(b):
        parts = [common(x, y, counts) for x, y in zip(a, b, strict=True)]
        return type(a)(*parts) if hasattr(a, "_fields") else tuple(parts)
    if a is b or (type(a) is type(b) and a == b):
        return a
    if type(a) is int and type(b) is int and a % counts[0] == 0 and b * counts[0] == a * counts[1]:
        return Rows(a // counts[0])
    raise CannotFuse(DEPENDS)


def with_rows(value: Any, count: int) -> Any:
    """The value with so many rows."""
    if isinstance(value, Rows):
        return value.times * count
    return tuple(with_rows(v, count) for v in value) if type(value) is tuple else value


def row_axis(shape: Shape) -> int | None:
    """The axis along which rows lie, if there is one. Raises CannotFuse for several."""
    axes = [i for i, n in enumerate(shape) if isinstance(n, Rows)]
    if len(axes) > 1:
        raise CannotFuse("a tensor has more than one axis of rows, which never meet")
    return axes[0] if axes else None


def columns(shape: Shape) -> int:
    """How many numbers a row has."""
    return prod(with_rows(shape, 1))

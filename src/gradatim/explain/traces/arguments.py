"""Numbers that a reader gives a trace instead of the example's own, checked."""

from collections.abc import Sequence
from typing import Any

from gradatim.checks import UsageError, real


def vector(name: str, value: Any, length: int | None = None) -> list[float]:
    """A list of numbers, of a certain length where one is named.

    >>> vector("x", [1, 0.5]), vector("x", 1)
    ([1.0, 0.5], [1.0])
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and length in (None, 1):
        value = [value]  # one number is a list of one
    right = isinstance(value, Sequence) and not isinstance(value, str) and len(value) > 0
    if not right or length not in (None, len(value)):
        count = "numbers" if length is None else f"{length} numbers"
        raise UsageError(f"{name} must be {count} with commas between them; it is {value!r:.60}")
    return [real(name, number) for number in value]


def grid(name: str, value: Any) -> list[list[float]]:
    """Rows of numbers, equally many in each.

    >>> grid("kernel", [[1, 0], [0, 1]])
    [[1.0, 0.0], [0.0, 1.0]]
    """
    rows = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []
    if not rows or not all(isinstance(row, Sequence) and not isinstance(row, str) for row in rows):
        raise UsageError(f"{name} must be rows of numbers such as [[1,0],[0,1]]; it is {value!r:.60}")
    found = [vector(f"a row of {name}", row) for row in rows]
    if len({len(row) for row in found}) > 1:
        raise UsageError(f"the rows of {name} must have one length; theirs are {[len(row) for row in found]}")
    return found

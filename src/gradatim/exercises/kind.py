"""What a kind of exercise is: numbers drawn for a trace, and what of the trace is asked."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gradatim.explain.traces.record import Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number

Numbers = dict[str, Any]
SPACE = "\u00a0"  # at which no line breaks


@dataclass(frozen=True)
class Asked:
    """A quantity that is asked: its name on a command line, its symbol, its value, the decimals wanted."""

    name: str
    symbol: str
    value: float
    decimals: int = 4


def nothing_more(_trace: Trace, _numbers: Numbers) -> list[Part]:
    """No parts of the trace are given away."""
    return []


def no_drawing(_numbers: Numbers) -> str:
    """No picture."""
    return ""


@dataclass(frozen=True)
class Kind:
    """A kind of exercise: a trace whose numbers are drawn, and some of its quantities, which are asked.

    `draw` gives the trace's arguments, `asked` reads the quantities off the trace with these, `shown` the
    parts of it that the problem gives away, `drawing` the picture of the problem.
    """

    trace: str  # its name in the catalogue
    task: str  # what to do, in sentences
    draw: Callable[[np.random.Generator], Numbers]
    asked: Callable[[Trace, Numbers], list[Asked]]
    short: str = ""  # another name
    shown: Callable[[Trace, Numbers], list[Part]] = nothing_more
    drawing: Callable[[Numbers], str] = no_drawing
    unsaid: tuple[str, ...] = ("seed",)  # numbers that the problem need not name
    equations: bool = True  # whether the problem has those of the trace's docstring


def cells(table: Table, column: str, keys: Sequence[Any], names: Sequence[str], symbols: Sequence[str],
          decimals: int = 4) -> list[Asked]:  # fmt: skip
    """One column of a table, in the rows whose first cells are the keys.

    >>> [found.value for found in cells(Table("", ["j", "y"], [[3, 0.5], [4, 1.0]]), "y", [4], ["y4"], ["y"])]
    [1.0]
    """
    by_key = dict(zip((row[0] for row in table.rows), table.column(column), strict=True))
    return [
        Asked(name, symbol, float(by_key[key]), decimals)  # type: ignore[arg-type]
        for key, name, symbol in zip(keys, names, symbols, strict=True)
    ]


def entries(table: Table, letter: str, symbol: str | None = None) -> list[Asked]:
    """Every number of a matrix, counted from 1: y11, y12, …; of one row y1, y2, ….

    >>> [found.name for found in entries(Table("", (), [[1, 2], [3, 4]]), "y")]
    ['y11', 'y12', 'y21', 'y22']
    """
    flat = len(table.rows) == 1
    found = []
    for m, row in enumerate(table.rows, 1):
        for n, value in enumerate(row, 1):
            place, index = (f"{n}", f"{n}") if flat else (f"{m}{n}", f"{m},{n}")
            said = f"{symbol or letter}[{index}]"
            found.append(Asked(f"{letter}{place}", said, float(value), decimals_of(value)))  # type: ignore[arg-type]
    return found


def decimals_of(value: Any) -> int:
    """As many as the number needs, 4 at most.

    >>> decimals_of(3.0), decimals_of(0.25), decimals_of(1 / 3)
    (0, 2, 4)
    """
    return next((d for d in range(4) if abs(value - round(value, d)) < 1e-9), 4)


def named(numbers: Numbers, *names: str) -> str:
    """Some of the numbers as a sentence has them.

    No line breaks inside of one.

    >>> named({"w13": -1, "x": [1, 0]}, "x", "w13").replace(SPACE, " ")
    'x = (1, 0), w13 = −1'
    """
    pairs = [f"{name} = {as_written(numbers[name])}" for name in names or numbers]
    return ", ".join(pair.replace(" ", SPACE) for pair in pairs)


def as_written(value: Any) -> str:
    """A number, a list in brackets, or a text."""
    if isinstance(value, list | tuple):
        return f"({', '.join(map(as_written, value))})"
    return number(value, 6) if isinstance(value, int | float) else str(value)

"""What a trace is: lines and tables in order, as plain records that text, page and JSON are made from."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from gradatim.checks import GradatimError, known

Cell = float | int | str | bool | None


@dataclass(frozen=True)
class Line:
    """A sentence; one that begins with two spaces is an equation and is never broken or refilled."""

    text: str


@dataclass(frozen=True)
class Table:
    """Rows under their columns' names; without names it is a matrix.

    Numbers stay numbers: a float is shown with `decimals` digits behind its point, one count for the table or
    one for each column, a whole number with none.
    """

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    decimals: int | Sequence[int] = 4

    def __post_init__(self) -> None:
        widths = {len(row) for row in self.rows} | ({len(self.columns)} if self.columns else set())
        if len(widths) > 1:
            raise GradatimError(f"the rows of the table {self.caption!r} differ in length")

    def column(self, name: str) -> list[Cell]:
        """The cells under a name."""
        number = list(self.columns).index(known("column", name, self.columns))
        return [row[number] for row in self.rows]


@dataclass(frozen=True)
class Beside:
    """Tables next to each other where the width allows it, such as a picture, a kernel and a map."""

    tables: Sequence[Table]


Part = Line | Table | Beside


@dataclass(frozen=True)
class Opening:
    """One unit that a page opens: its name, what its button says, its value or map, and its parts."""

    name: str
    label: str
    value: float
    map: Any  # an array (H, W), or None
    parts: Sequence[Part]


@dataclass(frozen=True)
class Group:
    """The units of one block, `words` what it is, `unit` what each is called."""

    name: str
    words: str
    unit: str
    openings: Sequence[Opening]


@dataclass(frozen=True)
class Trace:
    """One worked example: what it is called, which rows of the curriculum it serves, whose it is, its parts.

    >>> trace = Trace("Sums", "B1", "", [Table("a + b", ["a", "b", "sum"], [[1, 0.5, 1.5]], decimals=1)])
    >>> trace.table("a + b").column("sum")
    [1.5]
    """

    title: str
    rows: str
    source: str  # a paper, or "" for a course's example
    parts: Sequence[Part]
    drawing: str = ""  # the network or the cell as SVG
    before: "Trace | None" = None  # the example with its own numbers, where some were changed
    values: dict[str, Any] | None = None  # of a network's step: everything, for JSON
    groups: Callable[[], Sequence[Group]] | None = None  # of a network's step: its units, for the page

    def tables(self) -> list[Table]:
        """Every table, those beside each other too."""
        found: list[Table] = []
        for part in self.parts:
            found += part.tables if isinstance(part, Beside) else [part] if isinstance(part, Table) else []
        return found

    def table(self, caption: str) -> Table:
        """The table with this caption."""
        by_caption = {table.caption: table for table in self.tables()}
        return by_caption[known("table", caption, by_caption)]

    def __str__(self) -> str:
        """The trace for a terminal."""
        from gradatim.explain.traces.text import as_text

        return as_text(self)

    def as_json(self) -> dict[str, Any]:
        """Everything in full precision."""
        from gradatim.explain.traces.as_json import as_json

        return as_json(self)

    def _repr_html_(self) -> str:
        """The trace in a notebook."""
        from gradatim.explain.traces.page import as_fragment

        return as_fragment(self)


def matrix(caption: str, values: Any, decimals: int = 0) -> Table:
    """A table without columns' names from nested numbers or an array; a vector is one row.

    >>> matrix("w", [1.0, -1.0]).rows
    [[1.0, -1.0]]
    """
    rows: Any = values.tolist() if hasattr(values, "tolist") else list(values)
    if rows and not isinstance(rows[0], Sequence):
        rows = [rows]
    return Table(caption, (), [list(row) for row in rows], decimals)


def cell_text(cell: Cell, decimals: int) -> str:
    """A cell as a reader sees it.

    >>> [cell_text(value, 2) for value in (-1.005, 14450688, -0.001, True, None)]
    ['−1.00', '14,450,688', '0.00', 'yes', '']
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, str):
        return cell
    text = f"{cell:,}" if isinstance(cell, int) else f"{cell:,.{decimals}f}"
    if text.startswith("-"):
        text = text[1:] if not text.strip("-0.,") else f"−{text[1:]}"
    return text


def table_text(table: Table) -> list[list[str]]:
    """Every row's cells as they are shown."""
    width = max((len(row) for row in table.rows), default=len(table.columns))
    decimals = [table.decimals] * width if isinstance(table.decimals, int) else list(table.decimals)
    return [[cell_text(cell, d) for cell, d in zip(row, decimals, strict=True)] for row in table.rows]


def numeric(table: Table) -> list[bool]:
    """Which columns hold numbers, and so stand to the right."""
    return [
        all(isinstance(cell, int | float | None) for cell in column)
        for column in zip(*table.rows, strict=True)
    ] or [False] * len(table.columns)


def plain(value: Any) -> Any:
    """A value as JSON knows it: NumPy's numbers as Python's, what is not finite as its name."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    value = value.item() if hasattr(value, "item") else value
    return str(value) if isinstance(value, float) and value - value != 0 else value

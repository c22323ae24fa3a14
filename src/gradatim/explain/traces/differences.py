"""What a trace shows beside what it showed before its numbers were changed."""

from collections.abc import Iterator
from dataclasses import replace

from gradatim.explain.traces.record import Cell, Line, Part, Table, Trace, table_text
from gradatim.explain.traces.sums_as_text import short

MOST = 60  # numbers that are listed
MARK = "*"  # behind a number that has moved, in a terminal


def moved_cells(table: Table, before: Table | None) -> list[list[bool]]:
    """Which cells are shown otherwise than before; none of a table that had other rows."""
    rows = table_text(table)
    old = table_text(_with_digits_of(table, before)) if before is not None else rows
    alike = len(old) == len(rows) and all(len(a) == len(b) for a, b in zip(old, rows, strict=True))
    if not alike:
        return [[False] * len(row) for row in rows]
    return [
        [cell != was for cell, was in zip(row, then, strict=True)]
        for row, then in zip(rows, old, strict=True)
    ]


def _with_digits_of(table: Table, before: Table) -> Table:
    """The table before with as many digits behind its points."""
    alike = len(before.columns) == len(table.columns) and len(before.rows) == len(table.rows)
    return replace(before, decimals=table.decimals) if alike else before


def tables_before(trace: Trace) -> dict[str, Table]:
    """The tables of the trace without the changes, by their captions."""
    return {} if trace.before is None else {table.caption: table for table in trace.before.tables()}


def differences(trace: Trace) -> Table | None:
    """A row a number that has moved: as it was, as it is, and the difference; None where nothing was changed.

    >>> table = lambda x: Table("Loss", ["unit", "value"], [["y", x]])
    >>> now = Trace("", "", "", [table(2.5)], before=Trace("", "", "", [table(2.0)]))
    >>> differences(now).rows
    [['Loss', 'y', 'value', '2', '2.5', '0.5']]
    """
    if trace.before is None:
        return None
    rows = list(_moved(trace))
    caption = "What has moved" + (f": the first {MOST} of {len(rows):,} numbers" if len(rows) > MOST else "")
    return Table(caption, ["table", "of", "number", "before", "now", "difference"], rows[:MOST])


def moved_parts(trace: Trace) -> list[Part]:
    """The numbers that have moved, or that none has; nothing where nothing was changed."""
    found = differences(trace)
    if found is None:
        return []
    return [
        found if found.rows else Line("Nothing has moved: the changed numbers are those that were there.")
    ]


def _moved(trace: Trace) -> Iterator[list[Cell]]:
    old = tables_before(trace)
    for table in trace.tables():
        was = old.get(table.caption)
        if was is None or len(was.rows) != len(table.rows):
            continue
        for n, (row, then) in enumerate(zip(table.rows, was.rows, strict=True)):
            for k, (cell, before) in enumerate(zip(row, then, strict=False)):
                if _is_number(cell) and _is_number(before) and cell != before:
                    has_name = table.columns and k and not isinstance(row[0], float)
                    label = str(row[0]) if has_name else f"row {n + 1}"
                    name = table.columns[k] if table.columns else f"column {k + 1}"
                    was_then, is_now = float(str(before)), float(str(cell))
                    numbers = (short(v, 6) for v in (was_then, is_now, is_now - was_then))
                    yield [table.caption, label, str(name), *numbers]


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool)

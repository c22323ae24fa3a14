"""A trace for a terminal."""

from collections.abc import Mapping
from itertools import zip_longest
from textwrap import wrap
from unicodedata import combining

from gradatim.explain.traces.differences import MARK, differences, moved_cells, moved_parts, tables_before
from gradatim.explain.traces.record import Beside, Line, Table, Trace, numeric, table_text

WIDTH = 80
GAP = 4  # between tables that stand beside each other


def as_text(trace: Trace) -> str:
    """Title, source, and every part; sentences are filled to 80 columns, tables stay as wide as they are.

    >>> from gradatim.explain.traces.record import matrix
    >>> print(as_text(Trace("A kernel", "D1", "", [matrix("w", [[1, 0], [0, -1]])])))
    A kernel [D1]
    <BLANKLINE>
    w
    1   0
    0  −1
    """
    head = f"{trace.title} [{trace.rows}]"
    blocks = ["\n".join(wrap(head, WIDTH))]
    if trace.source:
        blocks[0] += "\n" + "\n".join(wrap(trace.source, WIDTH))
    equation = False
    moved = differences(trace)
    if moved is not None and moved.rows:
        blocks[0] += f"\n{MARK} behind a number says that it has moved; the end lists both."
    old = tables_before(trace)
    for part in [*trace.parts, *moved_parts(trace)]:
        text = _part(part, old)
        if isinstance(part, Line) and equation and part.text.startswith("  "):
            blocks[-1] += f"\n{text}"
        else:
            blocks.append(text)
        equation = isinstance(part, Line) and part.text.startswith("  ")
    return "\n\n".join(blocks)


def _part(part: Line | Table | Beside, old: Mapping[str, Table]) -> str:
    if isinstance(part, Line):
        return part.text.rstrip() if part.text.startswith("  ") else "\n".join(wrap(part.text, WIDTH))
    if isinstance(part, Table):
        return "\n".join(table_lines(part, old.get(part.caption)))
    return _beside([table_lines(table, old.get(table.caption)) for table in part.tables])


def table_lines(table: Table, before: Table | None = None) -> list[str]:
    """Caption, columns' names, a rule, and the rows: texts to the left, numbers to the right; what differs
    from the table `before` is marked.
    """
    cells, right = marked(table, before), numeric(table)
    grid = [list(table.columns), *cells] if table.columns else cells
    widths = [max(columns_of(row[i]) for row in grid) for i in range(len(right))]

    signs = not table.columns and not any(right) and set(widths) == {1}
    gap = " " if signs else "  "  # a matrix of letters may be as wide as a picture has pixels

    def line(row: list[str]) -> str:
        pairs = zip(row, widths, right, strict=True)
        return gap.join(pad(c, w, r) for c, w, r in pairs).rstrip()

    caption = wrap(table.caption, WIDTH)
    if not table.columns:
        return [*caption, *map(line, cells)]
    return [*caption, line(grid[0]), "  ".join("-" * w for w in widths), *map(line, cells)]


def marked(table: Table, before: Table | None) -> list[list[str]]:
    """Every row's cells, a mark behind those that have moved, and room for it behind the others."""
    cells, moved = table_text(table), moved_cells(table, before)
    room = [any(row[k] for row in moved) for k in range(len(moved[0]))] if moved else []
    return [
        [
            cell + (MARK if has else " ") if wide else cell
            for cell, has, wide in zip(row, marks, room, strict=True)
        ]
        for row, marks in zip(cells, moved, strict=True)
    ]


def columns_of(text: str) -> int:
    """How many columns a text takes: a mark above a letter, as in C̃, takes none."""
    return sum(not combining(letter) for letter in text)


def pad(text: str, width: int, right: bool = False) -> str:
    """A text filled with spaces to a width."""
    room = " " * (width - columns_of(text))
    return room + text if right else text + room


def _beside(blocks: list[list[str]]) -> str:
    """Blocks of lines next to each other; the next row of blocks where the width is used up."""
    shelves: list[list[list[str]]] = [[]]
    used = 0
    for block in blocks:
        width = max(map(columns_of, block))
        if shelves[-1] and used + GAP + width > WIDTH:
            shelves.append([])
            used = 0
        used += width + (GAP if shelves[-1] else 0)
        shelves[-1].append(block)
    return "\n\n".join(_shelf(shelf) for shelf in shelves)


def _shelf(blocks: list[list[str]]) -> str:
    widths = [max(map(columns_of, block)) for block in blocks]
    rows = zip_longest(*blocks, fillvalue="")
    joined = [
        (" " * GAP).join(pad(line, w) for line, w in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join(joined)

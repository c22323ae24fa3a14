"""A page for a terminal: as a trace, but texts in tables are folded so that nothing is wider than it."""

from textwrap import wrap

from gradatim.explain.traces.record import Line, Table, Trace, numeric, table_text
from gradatim.explain.traces.text import columns_of, pad

WIDTH = 80
NARROWEST = 8  # of a folded column
GAP = 2


def page_text(page: Trace, width: int | None = None) -> str:
    """Title and every part, no line wider than `width`.

    >>> page = Trace("T", "B1", "", [Table("a", ["what", "why"], [["one", "a long reason that folds"]])])
    >>> print(page_text(page, 22))
    T [B1]
    <BLANKLINE>
    a
    what  why
    ----  ----------------
    one   a long reason
          that folds
    """
    most = WIDTH if width is None else width
    blocks = [f"{page.title} [{page.rows}]"]
    for part in page.parts:
        if isinstance(part, Line):
            equation = part.text.startswith("  ")
            blocks.append(part.text if equation else "\n".join(wrap(part.text, most)))
        else:
            blocks += [
                "\n".join(_table(table, most))
                for table in ([part] if isinstance(part, Table) else part.tables)
            ]
    return "\n\n".join(blocks)


def _table(table: Table, most: int) -> list[str]:
    cells, right = table_text(table), numeric(table)
    widths = _widths([list(table.columns), *cells], most)
    lines = [*wrap(table.caption, most)]
    for row in [list(table.columns), ["-" * width for width in widths], *cells]:
        folded = [
            wrap(cell, width, break_on_hyphens=False) or [""] for cell, width in zip(row, widths, strict=True)
        ]
        for k in range(max(map(len, folded))):
            line = [pad(part[k] if k < len(part) else "", width, at_right)
                    for part, width, at_right in zip(folded, widths, right, strict=True)]  # fmt: skip
            lines.append((" " * GAP).join(line).rstrip())
    return lines


def _widths(rows: list[list[str]], most: int) -> list[int]:
    """The width of each column: its widest cell, the widest columns narrower until all fit."""
    widths = [max(map(columns_of, column)) for column in zip(*rows, strict=True)]
    words = [
        max(max(map(len, cell.split()), default=0) for cell in column) for column in zip(*rows, strict=True)
    ]
    least = [max(word, NARROWEST) for word in words]
    while sum(widths) + GAP * (len(widths) - 1) > most:
        room = [width - low for width, low in zip(widths, least, strict=True)]
        if max(room) <= 0:
            break
        k = max((i for i in range(len(widths)) if room[i] > 0), key=lambda i: widths[i])
        widths[k] -= 1
    return widths

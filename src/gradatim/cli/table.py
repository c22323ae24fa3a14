"""Columns of text."""

from gradatim.printable import one_line


def table(head: list[str], rows: list[list[str]]) -> str:
    """Columns under their names: texts to the left, numbers to the right."""
    head, *rows = [[one_line(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    right = [all(row[i].replace(",", "").isdigit() for row in rows) for i in range(len(head))]

    def line(row: list[str]) -> str:
        cells = [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)]
        return "  ".join(cells).rstrip()

    return "\n".join([line(head), "  ".join("-" * w for w in widths), *map(line, rows)])

"""Columns of text."""

from gradatim.printable import one_line


def table(head: list[str], rows: list[list[str]]) -> str:
    r"""Columns under their names, which may have several lines: texts to the left, numbers to the right.

    >>> print(table(["name", "many\nones"], [["a", "3"]]))
          many
    name  ones
    ----  ----
    a        3
    """
    rows = [[one_line(cell) for cell in row] for row in rows]
    names = [[one_line(part) for part in name.split("\n")] for name in head]
    height = max(map(len, names))
    heads = [[("" if k < height - len(n) else n[k - height + len(n)]) for n in names] for k in range(height)]
    widths = [max(len(row[i]) for row in [*heads, *rows]) for i in range(len(head))]
    right = [all(row[i].replace(",", "").isdigit() for row in rows) for i in range(len(head))]

    def line(row: list[str]) -> str:
        cells = [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)]
        return "  ".join(cells).rstrip()

    return "\n".join([*map(line, heads), "  ".join("-" * w for w in widths), *map(line, rows)])

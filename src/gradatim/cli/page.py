"""A page of facts on a terminal."""

import sys
from collections.abc import Sequence
from textwrap import fill
from typing import Any

from gradatim.cli.folding import columns, fold
from gradatim.data.sources.page import Block, Fact, Grid
from gradatim.explain.text_table import table
from gradatim.printable import inner_stream, one_line, printable

STYLES = {
    "number": "cyan", "boolean": "blue", "category": "magenta", "date": "green", "identifier": "yellow",
    "text": "yellow", "constant": "yellow", "empty": "yellow", "labels": "magenta",
    "ignore": "dim", "target": "bold", "": "",
}  # fmt: skip
LABEL = 12  # columns of a fact's label
WIDE = 110  # columns of a page, where stdout is no terminal


def print_page(page: Sequence[Block]) -> None:
    """Print its blocks, one below the other."""
    width = columns() or WIDE
    for block in page:
        if isinstance(block, Grid) and block.roles:
            _print_coloured(block, width)
        elif isinstance(block, Grid):
            print(f"\n{table(list(block.head), [list(row) for row in block.rows])}")
        elif isinstance(block, Fact):
            print(fold(_fact(block, width)))
        else:
            print(fold(printable(str(block))))


def _fact(fact: Fact, width: int) -> str:
    """The label, and its text, wrapped where it is a sentence."""
    line = f"{fact.label:<{LABEL}}{one_line(fact.text)}"
    if fact.label != "note":
        return line
    return fill(
        line, min(width, WIDE), subsequent_indent=" " * LABEL, break_long_words=False, break_on_hyphens=False
    )


def _print_coloured(grid: Grid, width: int) -> None:
    """A grid whose cells have roles, folded into the width of the terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn: Any = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for i, name in enumerate(grid.head):
        cells = [row[i].replace(",", "") for row in grid.rows]
        right = all(cell.isdigit() or not cell for cell in cells)
        ratio = 1 if i == len(grid.head) - 1 else None  # the last takes what is left
        drawn.add_column(name, justify="right" if right else "left", overflow="fold", ratio=ratio)
    for row, roles in zip(grid.rows, grid.roles, strict=True):
        drawn.add_row(*(Text(one_line(cell), STYLES[role]) for cell, role in zip(row, roles, strict=True)))
    Console(file=inner_stream(sys.stdout), width=width, highlight=False).print(drawn)

"""A table of values as a figure: a row an example, a column a column of the data."""

from collections.abc import Mapping, Sequence
from typing import Any

from gradatim.explain.figures.style import Picture, Theme, short
from gradatim.explain.number_format import measure

MOST_ROWS, MOST_COLUMNS = 60, 12
ROW, HEAD, CELL = 0.27, 1.15, 1.05  # inches: of a row, of what stands around them, of a column
LETTERS = 14  # of a name or a category
ABSENT = "–"  # for a value that is missing


def table_figure(
    columns: Mapping[str, Sequence[Any]], rows_of: Sequence[str], row: str, title: str, words: str
) -> Picture:
    """Values by column, each of so many as `rows_of` names; `row` says what these names are.

    Numbers stand to four digits. Of many columns the first are drawn, and the words say so.
    """
    names = list(columns)[:MOST_COLUMNS]
    if len(columns) > len(names):
        words += f"; the first {len(names)} of {len(columns)} columns"
    values = zip(*(columns[name] for name in names), strict=True)
    cells = [[named, *map(_text, some)] for named, some in zip(rows_of, values, strict=True)]
    widths = [1 + (max(map(len, rows_of)) > 8)] + [1] * len(names)
    heads = [row, *(short(name, LETTERS) for name in names)]

    def draw(figure: Any, theme: Theme) -> None:
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
        axes = figure.add_subplot()
        axes.axis("off")
        drawn = axes.table(
            cells, colLabels=heads, colWidths=[width / sum(widths) for width in widths], loc="upper center",
            cellLoc="right", colLoc="right", edges="horizontal",
        )  # fmt: skip
        drawn.auto_set_font_size(False)
        drawn.set_fontsize(9)
        for (number, _), cell in drawn.get_celld().items():
            cell.set_height(1 / (len(cells) + 1))
            cell.set_edgecolor(theme.faint)
            cell.get_text().set_fontweight("bold" if number == 0 else "normal")
        figure.supxlabel(words, x=0.01, ha="left", fontsize=9)

    return Picture(draw, (max(CELL * sum(widths), 4.2), HEAD + ROW * (len(cells) + 1)), words)


def _text(value: Any) -> str:
    if value is None:
        return ABSENT
    return short(value, LETTERS) if isinstance(value, str) else measure(value)

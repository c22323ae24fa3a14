"""A picture's numbers as a page."""

from typing import Any

from gradatim.data.sources.page import Block, Fact

WHOLE = 28  # pixels a side up to which every number is shown
CORNER = (8, 12)  # rows and columns of a larger one


def picture_page(facts: dict[str, Any]) -> list[Block]:
    """Size, channels, and the numbers: all of a small picture, the upper left corner of a larger one."""
    height, width, channels = facts["height"], facts["width"], facts["channels"]
    whole = max(height, width) <= WHOLE
    rows, columns = (height, width) if whole else (min(height, CORNER[0]), min(width, CORNER[1]))
    numbers = f"{len(channels)} × {height} × {width} = {len(channels) * height * width:,}"
    page: list[Block] = [
        f"{facts['name']}: {width} × {height} pixels ({facts['format']}, mode {facts['mode']})",
        Fact("numbers", f"{numbers}, each 0 … 255: {_meaning(channels)}"),
    ]
    for one in channels:
        page.append(Fact(one["name"], f"{one['smallest']} … {one['largest']}, mean {one['mean']:.4g}"))
    where = "" if whole else f", the first {rows} rows and {columns} columns"
    for one, matrix in zip(channels, facts["pixels"], strict=True):
        page += ["", f"{one['name']}{where}"]
        more = " …" if columns < width else ""
        page += [" ".join(f"{value:3d}" for value in row[:columns]) + more for row in matrix[:rows]]
        page += ["  …"] if rows < height else []
    return page if whole else [*page, "", "--json prints every number"]


def _meaning(channels: list[dict[str, Any]]) -> str:
    """What 0 and 255 stand for, and how the matrices lie."""
    names = [one["name"] for one in channels]
    colours = "0 is black and 255 is white"
    if "red" in names:
        colours = "0 is none of a colour and 255 all of it; three matrices, one behind the other"
    return colours + ("; alpha 0 is clear, 255 opaque" if "alpha" in names else "")

"""A picture's numbers as text for a terminal."""

from typing import Any

WHOLE = 28  # pixels a side up to which every number is shown
CORNER = (8, 12)  # rows and columns of a larger one


def picture_text(result: dict[str, Any]) -> str:
    """Size, channels, and the numbers: all of a small picture, the upper left corner of a larger one."""
    height, width, channels = result["height"], result["width"], result["channels"]
    whole = max(height, width) <= WHOLE
    rows, columns = (height, width) if whole else (min(height, CORNER[0]), min(width, CORNER[1]))
    lines = [
        f"{result['name']}: {width} × {height} pixels ({result['format']}, mode {result['mode']})",
        f"numbers     {len(channels)} × {height} × {width} = {len(channels) * height * width:,}, "
        f"each 0 … 255: {_meaning(channels)}",
        *(
            f"{one['name']:<11} {one['smallest']} … {one['largest']}, mean {one['mean']:.4g}"
            for one in channels
        ),
    ]
    where = "" if whole else f", the first {rows} rows and {columns} columns"
    for one, matrix in zip(channels, result["pixels"], strict=True):
        lines += ["", f"{one['name']}{where}"]
        more = " …" if columns < width else ""
        lines += [" ".join(f"{value:3d}" for value in row[:columns]) + more for row in matrix[:rows]]
        lines += ["  …"] if rows < height else []
    return "\n".join([*lines, "", "--json prints every number"] if not whole else lines)


def _meaning(channels: list[dict[str, Any]]) -> str:
    """What 0 and 255 stand for, and how the matrices lie."""
    names = [one["name"] for one in channels]
    colours = "0 is black and 255 is white"
    if "red" in names:
        colours = "0 is none of a colour and 255 all of it; three matrices, one behind the other"
    return colours + ("; alpha 0 is clear, 255 opaque" if "alpha" in names else "")

"""Which step a small GPT reads: a grid a head, darker where more is read."""

from gradatim.explain.traces.gpt_values import Values
from gradatim.explain.traces.svg_parts import svg, text

SIDE, GAP, TOP = 46, 44, 62  # of a square; between grids; above them
SMALL = 12  # steps from which on a square has no room for its number
CELL = 'stroke="currentColor" stroke-width="0.7" fill="currentColor"'


def gpt_drawing(v: Values, word: str, blocks: int) -> str:
    """A of every head: row t reads column s.

    >>> import numpy as np
    >>> gpt_drawing({"block1.A": np.eye(2)[None]}, "abc", 1).count("<rect")
    3
    """
    heads, T = v["block1.A"].shape[:2]
    side = SIDE if T <= SMALL else SIDE // 2
    parts = []
    for k in range(blocks):
        for h in range(heads):
            left, top = 34 + h * (T * side + GAP), TOP + k * (T * side + TOP)
            where = f"Block {k + 1}, head {h + 1}" if blocks > 1 else f"Head {h + 1}"
            parts.append(text(left + T * side / 2, top - 38, f"{where}: A", 15))
            parts += _grid(v[f"block{k + 1}.A"][h].tolist(), word, left, top, side)
    width, height = 34 + heads * (T * side + GAP), TOP + blocks * (T * side + TOP) - TOP + 12
    return svg(width, height, "How much every step reads of each step that it sees, a grid a head", parts)


def _grid(A: list[list[float]], word: str, left: float, top: float, side: int) -> list[str]:
    """Squares on and below the diagonal; what reads stands beside its row, what is read above its column."""
    parts = []
    for t, row in enumerate(A):
        y = top + t * side
        parts += [
            text(left - 14, y + side / 2 + 5, word[t]),
            text(left + (t + 0.5) * side, top - 12, word[t]),
        ]
        for s, share in enumerate(row[: t + 1]):
            x = left + s * side
            box = f'x="{x:g}" y="{y:g}" width="{side}" height="{side}" fill-opacity="{0.45 * share:.3f}"'
            parts.append(f"<rect {box} {CELL}/>")
            if side == SIDE:
                parts.append(text(x + side / 2, y + side / 2 + 5, f"{share:.2f}", 13))
    return parts

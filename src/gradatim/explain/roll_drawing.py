"""Piano rolls as SVG: time to the right, pitch upwards, a bar for every note that sounds."""

from itertools import pairwise

import numpy as np

from gradatim.data.rolls import NOTES, STEPS
from gradatim.explain.svg import picture, rule, text

WIDTH, LEFT, TOP, BOTTOM = 760.0, 38.0, 6.0, 34.0
ROW = 5.0  # the height of a note
FAINTEST = 0.05  # a probability below it is not drawn
MARGIN = 2  # notes above the highest and below the lowest
MOST = 128  # frames that are drawn


def roll_svg(frames: np.ndarray, step: str, said: str, beside: np.ndarray | None = None) -> str:
    """Frames (L, 88) of probabilities, darker where they are larger, or of 0 and 1, whose notes are held.

    `beside` are other frames, whose notes are framed in the same picture: what really came.
    """
    frames = frames[:MOST]
    others = frames[:0] if beside is None else beside[:MOST]
    low, high = note_range([frames >= FAINTEST, others > 0])
    height = TOP + BOTTOM + ROW * (high - low)
    width = (WIDTH - LEFT) / max(len(frames), 1)

    def bar(start: int, stop: int, k: int, style: str) -> str:
        x, y = LEFT + start * width, TOP + ROW * (high - 1 - k)
        size = f'width="{(stop - start) * width - 0.4:.1f}" height="{ROW:g}"'
        return f'<rect x="{x:.1f}" y="{y:.1f}" {size} {style}/>'

    parts = [rule(LEFT, height - BOTTOM, WIDTH, height - BOTTOM, "axis")]
    for k in range(low, high):
        if NOTES[k].startswith("C") and "#" not in NOTES[k]:
            y = TOP + ROW * (high - k)
            parts += [rule(LEFT, y, WIDTH, y, "grid"), text(LEFT - 6, y + 2, "end", NOTES[k])]
    parts += _beats(len(frames), step, width, height)
    for k in range(low, high):
        for start, stop, p in _bars(frames[:, k]):
            parts.append(bar(start, stop, k, f'fill="currentColor" fill-opacity="{p:.2f}"'))
        for start, stop, _ in _bars(others[:, k]):
            parts.append(bar(start, stop, k, 'fill="none" stroke="#b34700" stroke-width="1.2"'))
    return picture(height, said, parts, WIDTH)


def note_range(rolls: list[np.ndarray]) -> tuple[int, int]:
    """The lowest note that sounds in one of the rolls (L, 88), and the one above the highest; with a margin.

    >>> note_range([np.eye(88)[[30, 40]] > 0])
    (28, 43)
    """
    sounding = np.flatnonzero(np.concatenate(rolls).any(0))
    if not len(sounding):
        return 36, 48
    return max(int(sounding[0]) - MARGIN, 0), min(int(sounding[-1]) + 1 + MARGIN, len(NOTES))


def _bars(values: np.ndarray) -> list[tuple[int, int, float]]:
    """Where a note begins and ends: frames of equal values behind each other, of one that is drawn."""
    shown = np.round(np.where(values < FAINTEST, 0.0, values), 2)
    ends = np.flatnonzero(np.diff(shown, prepend=np.nan, append=np.nan) != 0)
    return [(int(a), int(b), float(shown[a])) for a, b in pairwise(ends) if shown[a]]


def _beats(frames: int, step: str, width: float, height: float) -> list[str]:
    """Marks every few quarter notes."""
    each = STEPS[step]
    quarters = frames / each
    apart = next(n for n in (4, 8, 16, 32, 64, 128) if quarters / n <= 16 or n == 128)
    parts = []
    for quarter in range(0, int(quarters) + 1, apart):
        x = LEFT + quarter * each * width
        parts += [
            rule(x, TOP, x, height - BOTTOM, "grid"),
            text(x, height - BOTTOM + 14, "middle", str(quarter)),
        ]
    return [*parts, text((LEFT + WIDTH) / 2, height - 4, "middle name", "quarter notes")]

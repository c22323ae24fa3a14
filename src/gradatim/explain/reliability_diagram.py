"""The reliability diagram of the report as SVG (Niculescu-Mizil & Caruana 2005), with how many there are."""

from gradatim.explain.axes import linear
from gradatim.explain.calibration import Reliability
from gradatim.explain.number_format import count, percent
from gradatim.explain.svg import LETTER, Frame, bar, grid, line, picture, rule, text

UPPER, BARS, NAMES = 270, 96, 44  # heights: of the diagram, of the bars below it, of the axis under them
FEW = 10  # examples, of which a share says little: their dot is hollow
ACROSS = linear("", [0, 100])


def reliability_diagram(found: Reliability, of: str) -> str:
    """What came true of what was said, the diagonal where the two are equal, and the examples of each bin."""
    upper = Frame(ACROSS, linear("came true (%)", [0, 100]), bottom=12, height=UPPER)
    return picture(
        UPPER + BARS + NAMES,
        describe(found, of),
        [*_diagonal(upper), *_shares(upper, found), *_counts(upper, found, of)],
    )


def describe(found: Reliability, of: str) -> str:
    """The diagram in words.

    >>> import numpy as np
    >>> one = Reliability(np.array([0.25]), np.array([0.5]), np.array([4]), np.array([2]), 10)
    >>> describe(one, "probability of rain").replace(chr(0x202F), " ")
    'probability of rain: 25.0 % said, 50.0 % came true (4 examples)'
    """
    rows = zip(found.said, found.true, found.counts, strict=True)
    told = [
        f"{percent(float(said))} said, {percent(float(true))} came true ({count(int(n))} examples)"
        for said, true, n in rows
    ]
    return f"{of}: {'; '.join(told)}"


def _diagonal(frame: Frame) -> list[str]:
    """The grid but the lower axis, which stands under the bars, and the line of what is perfect."""
    bare = Frame(linear("", [0, 100]), frame.y_axis, frame.right, frame.top, frame.bottom, frame.height)
    parts = [part for part in grid(bare) if 'class="middle' not in part]
    parts.append(rule(frame.x(0), frame.y(0), frame.x(100), frame.y(100), "ideal"))
    return [*parts, text(frame.end, 11, "end", "dashed: as sure as right")]


def _shares(frame: Frame, found: Reliability) -> list[str]:
    points = [
        (frame.x(100 * float(said)), frame.y(100 * float(true)))
        for said, true in zip(found.said, found.true, strict=True)
    ]
    parts = [line(points, "valid whole")]
    for (x, y), n in zip(points, found.counts, strict=True):
        kind = "dot valid" if n >= FEW else "dot hollow"
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="{kind}"/>')
    return parts


def _counts(frame: Frame, found: Reliability, of: str) -> list[str]:
    """A bar and a number for each bin."""
    base, room = UPPER + BARS, BARS - 34
    parts = [text(0, UPPER + 16, "name", "examples"), rule(frame.left, base, frame.end, base, "axis")]
    wide = (frame.end - frame.left) / found.bins
    for place, n, true in zip(found.places, found.counts, found.true, strict=True):
        height = max(room * n / found.counts.max(), 1)
        x = frame.left + wide * place
        ends = f"{100 * place / found.bins:g}–{100 * (place + 1) / found.bins:g} %"
        said = f"{ends}: {count(int(n))} examples, {percent(float(true))} came true"
        parts.append(bar(x + 1.5, base - height, wide - 3, height, "valid", said))
        parts.append(text(x + wide / 2, base - height - 4, "middle small", _brief(int(n))))
    for value, label in frame.x_axis.marks:
        parts.append(rule(frame.x(value), base, frame.x(value), base + 4, "axis"))
        parts.append(text(frame.x(value), base + 17, "middle", label))
    name = f"{of} (%)"
    middle = min((frame.left + frame.end) / 2, frame.end - LETTER * len(name) / 2)
    return [*parts, text(max(middle, LETTER * len(name) / 2), base + 38, "middle name", name)]


def _brief(number: int) -> str:
    """At most four digits.

    >>> _brief(9999), _brief(16281)
    ('9999', '16k')
    """
    return str(number) if number < 10_000 else f"{number / 1000:.0f}k"

"""The reliability diagram (Niculescu-Mizil & Caruana 2005), and below it how many examples there are."""

import numpy as np

from gradatim.explain.axes import Axis, linear
from gradatim.explain.calibration import Reliability
from gradatim.explain.charts.chart import Bars, Caption, Chart, Curve, Dots, Panel, Reference
from gradatim.explain.number_format import count, percent

FEW = 10  # examples, of which a share says little: their dot is hollow


def reliability_diagram(found: Reliability, of: str, title: str = "") -> Chart:
    """What came true of what was said, the diagonal where the two are equal, and the examples of each bin."""
    across = linear(f"{of} (%)", [0, 100])
    return Chart(title, (_shares(found, of, across), _counts(found, across)), stacked=True)


def _shares(found: Reliability, of: str, across: Axis) -> Panel:
    said, true, few = 100 * found.said, 100 * found.true, found.counts < FEW
    hollow = (Caption(f"hollow: fewer than {FEW} examples"),) if few.any() else ()
    marks = (
        Reference((0, 0), (100, 100), "perfectly calibrated"),
        *hollow,
        Curve("share", said, true),
        Dots("bin", said, true, few),
    )
    return Panel(across, linear("came true (%)", [0, 100]), marks, f"{of}: {_words(found)}", height=0.675)


def _counts(found: Reliability, across: Axis) -> Panel:
    """A bar for each bin; its number stands above it, so the axis needs none."""
    low, high = (np.round(100 * (found.places + end) / found.bins, 9) for end in (0, 1))
    words = tuple(
        f"{a:g}–{b:g} %: {count(int(n))} examples, {percent(float(true))} came true"
        for a, b, n, true in zip(low, high, found.counts, found.true, strict=True)
    )
    labels = tuple(_brief(int(n)) for n in found.counts)
    bars = Bars(low, high, found.counts, words, labels)
    return Panel(across, Axis("examples", 0, float(found.counts.max()), ()), (bars,), "", height=0.35)


def _words(found: Reliability) -> str:
    """The bins in words.

    >>> one = Reliability(np.array([0.25]), np.array([0.5]), np.array([4]), np.array([2]), 10)
    >>> _words(one).replace(chr(0x202F), " ")
    '25.0 % said, 50.0 % came true (4 examples)'
    """
    rows = zip(found.said, found.true, found.counts, strict=True)
    return "; ".join(
        f"{percent(float(said))} said, {percent(float(true))} came true ({count(int(n))} examples)"
        for said, true, n in rows
    )


def _brief(number: int) -> str:
    """At most four digits.

    >>> _brief(9999), _brief(16281)
    ('9999', '16k')
    """
    return str(number) if number < 10_000 else f"{number / 1000:.0f}k"

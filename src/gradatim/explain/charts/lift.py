"""Cumulative gains: how much of a class is found among the examples with the highest scores, and the lift."""

from collections.abc import Sequence

from gradatim.explain.axes import linear
from gradatim.explain.charts.chart import Chart, Mark, Panel, Reference
from gradatim.explain.charts.ranking_lines import Lines, mean_of_lines, ranking_lines
from gradatim.problems.ranked import Curve, Ranked

FIRST = 0.1  # of the examples, for which the lift is said


def lift_chart(classes: Sequence[Ranked], title: str = "") -> Chart:
    """TP/P by (TP + FP)/(P + N), the highest scores first; how many times more the first tenth holds than a
    random one, and the diagonal of a random order.
    """
    lines = ranking_lines(classes, LINES)
    words = f"share found by share of examples taken: {'; '.join(line.name for line in lines)}"
    axes = linear("examples taken, highest scores first (%)", [0, 100]), linear("found (%)", [0, 100])
    marks: tuple[Mark, ...] = (Reference((0, 0), (100, 100), "random order, lift 1"), *lines)
    return Chart(title, (Panel(*axes, marks, words, height=0.85, key=True),))


def _in_percent(points: Curve) -> Curve:
    return 100 * points[0], 100 * points[1]


LINES = Lines(
    lambda one: _in_percent(one.gains),
    lambda classes: _in_percent(mean_of_lines([one.gains for one in classes])),
    lambda one: one.lift(FIRST),
    lambda lift: f"lift {lift:.2f} in the first 10 %",
)

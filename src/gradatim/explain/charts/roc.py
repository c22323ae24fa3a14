"""The ROC curve: what share of a class is found, and what share of the rest is taken for it."""

from collections.abc import Sequence

from gradatim.explain.axes import linear
from gradatim.explain.charts.chart import Chart, Mark, Panel, Reference
from gradatim.explain.charts.ranking_lines import Lines, mean_of_lines, ranking_lines
from gradatim.problems.ranked import Ranked

LINES = Lines(
    lambda one: one.roc,
    lambda classes: mean_of_lines([one.roc for one in classes]),
    lambda one: one.roc_auc,
    lambda area: f"AUC {area:.3f}",
)


def roc_chart(classes: Sequence[Ranked], title: str = "") -> Chart:
    """TP/P by FP/N over all thresholds, and the diagonal of scores that know nothing."""
    lines = ranking_lines(classes, LINES)
    x_axis, y_axis = linear("false positive rate", [0, 1]), linear("true positive rate (recall)", [0, 1])
    words = f"ROC curve: {'; '.join(line.name for line in lines)}"
    marks: tuple[Mark, ...] = (Reference((0, 0), (1, 1), "guessing, AUC 0.5"), *lines)
    return Chart(title, (Panel(x_axis, y_axis, marks, words, height=0.85, key=True),))

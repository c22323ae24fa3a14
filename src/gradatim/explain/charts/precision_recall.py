"""The precision–recall curve: of what is answered what share is right, and what share of a class is found."""

from collections.abc import Sequence

from gradatim.explain.axes import linear
from gradatim.explain.charts.chart import Chart, Mark, Panel, Reference
from gradatim.explain.charts.ranking_lines import Lines, mean_of_steps, ranking_lines, steps
from gradatim.explain.number_format import percent
from gradatim.problems.ranked import Ranked

LINES = Lines(
    lambda one: steps(*one.precision_recall),
    lambda classes: mean_of_steps([one.precision_recall for one in classes]),
    lambda one: one.average_precision,
    lambda area: f"average precision {area:.3f}",
)


def precision_recall_chart(classes: Sequence[Ranked], title: str = "") -> Chart:
    """TP/(TP + FP) by TP/P over all thresholds; of one class its share of all, which guessing would get."""
    lines = ranking_lines(classes, LINES)
    marks: tuple[Mark, ...] = tuple(lines)
    if len(classes) == 1:
        share = classes[0].positives / (classes[0].positives + classes[0].negatives)
        marks = (Reference((0, share), (1, share), f"guessing, {percent(share)}"), *lines)
    words = f"precision by recall: {'; '.join(line.name for line in lines)}"
    axes = linear("recall", [0, 1]), linear("precision", [0, 1])
    return Chart(title, (Panel(*axes, marks, words, height=0.85, key=True),))

"""How well scores order the examples: ROC and precision–recall curves; of two classes thresholds and lift."""

from typing import Any

from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.lift import lift_chart
from gradatim.explain.charts.precision_recall import precision_recall_chart
from gradatim.explain.charts.ranking_lines import MOST_LINES
from gradatim.explain.charts.roc import roc_chart
from gradatim.explain.charts.thresholds import threshold_chart
from gradatim.problems.evidence import Ranking


def context(evidence: Ranking, report: Any) -> dict[str, Any]:
    """Two pictures, and two more of a single class."""
    classes = evidence.classes
    alone = evidence.threshold is not None
    curves = [*as_svg(roc_chart(classes)), *as_svg(precision_recall_chart(classes))]
    more = [*as_svg(threshold_chart(classes, evidence.threshold)), *as_svg(lift_chart(classes))]
    return {"curves": curves, "more": more if alone else [], "averaged": len(classes) > MOST_LINES}

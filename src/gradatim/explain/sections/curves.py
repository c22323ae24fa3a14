"""Learning curves, epoch by epoch."""

from typing import Any

from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.learning_curves import Course, learning_curves


def context(evidence: None, report: Any) -> dict[str, Any]:
    """The curves there are data for, as SVG."""
    course = Course(report.name, report.records, report.best_epoch)
    return {"curves": as_svg(learning_curves([course]))}

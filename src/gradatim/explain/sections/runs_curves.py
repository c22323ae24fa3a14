"""The learning curves of several runs in one chart."""

from typing import Any

from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.learning_curves import learning_curves


def context(evidence: None, report: Any) -> dict[str, Any]:
    """The curves there are data for, as SVG."""
    courses = [run.course for run in report.runs if run.course.records]
    return {"curves": as_svg(learning_curves(courses)) if courses else []}

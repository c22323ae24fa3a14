"""Predicted and true numbers, and what is left between them."""

from typing import Any

from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.residuals import MOST_TARGETS, residual_charts
from gradatim.explain.comparison import measure_text
from gradatim.explain.headline import some_examples
from gradatim.explain.number_format import measure
from gradatim.problems.evidence import Residuals


def context(evidence: Residuals, report: Any) -> dict[str, Any]:
    """Three pictures of each of the first targets."""
    return {
        "drawn": as_svg(residual_charts(evidence)),
        "left_out": max(len(evidence.names) - MOST_TARGETS, 0),
    }


def headline(evidence: Residuals, report: Any) -> str:
    """How far off, and how far the mean would be; of several targets it is their mean."""
    metrics, constant, targets = report.metrics, report.constant, len(evidence.names)
    several = f", the mean over {targets} targets" if targets > 1 else ""
    over = some_examples(len(evidence.true), report.word)
    off = f"Predictions are off by {measure(metrics['rmse'])} (root mean square{several}) over {over}"
    if constant.get("rmse", 0.0) > metrics["rmse"]:
        off += f"; guessing the mean would be off by {measure(constant['rmse'])}"
    return f"{off}; R² is {measure_text('r2', metrics['r2'])}."

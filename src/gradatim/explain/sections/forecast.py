"""A forecast behind its past, and the errors by how far ahead."""

from typing import Any

from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.forecast_fan import forecast_charts
from gradatim.explain.headline import some_examples
from gradatim.explain.number_format import measure, percent
from gradatim.problems.evidence import Forecast

LINEAR = "linear autoregression"


def context(evidence: Forecast, report: Any) -> dict[str, Any]:
    """Two pictures, and a row for the first step ahead, the middle and the last."""
    H = len(evidence.mae)
    shown = sorted({1, (H + 1) // 2, H})
    rows = [(h, float(evidence.mae[h - 1]), float(evidence.coverage[h - 1])) for h in shown]
    rows_beside: list[dict[str, Any]] = report.baselines
    found: dict[str, float] = next((row["metrics"] for row in rows_beside if row["name"] == LINEAR), {})
    last = f"mae_h{H}"
    linear = (found["mae_h1"], found[last]) if {"mae_h1", last} <= found.keys() else None
    return {"drawn": as_svg(forecast_charts(evidence, linear)), "steps": rows, "linear": linear is not None}


def headline(evidence: Forecast, report: Any) -> str:
    """How far off, over all steps ahead, at the first and at the last."""
    H = len(evidence.mae)
    over = some_examples(report.size, report.word).replace("example", "forecast")
    ahead = "one step ahead" if H == 1 else f"{H} steps ahead"
    off = f"Forecasts {ahead} are off by {measure(report.metrics['mae'])} (mean absolute error) over {over}"
    if H > 1:
        off += f", by {measure(float(evidence.mae[0]))} at the first step and by "
        off += f"{measure(float(evidence.mae[-1]))} at the last"
    return f"{off}; the 90 % intervals held {percent(report.metrics['interval_coverage'])}."

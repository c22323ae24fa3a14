"""Metrics that were asked for."""

from typing import Any

from gradatim.explain.comparison import measure_text
from gradatim.explain.number_format import measure_name
from gradatim.problems.evidence import MetricTable


def context(evidence: MetricTable, report: Any) -> dict[str, Any]:
    """A row for each: its name, and its values on validation and on the examples that are judged."""

    def said(name: str, value: float | None) -> str:
        return "not available" if value is None else measure_text(name, value)

    rows = zip(evidence.names, evidence.valid, evidence.judged, strict=True)
    shown = [(measure_name(name), said(name, valid), said(name, judged)) for name, valid, judged in rows]
    return {"shown": shown, "with_valid": report.split != "valid"}

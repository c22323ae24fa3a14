"""The stages before the last, in which each layer learned alone."""

from typing import Any

from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.learning_curves import stage_curves


def context(evidence: None, report: Any) -> dict[str, Any]:
    """A row and a small curve for each stage, and a row for the last."""
    stages: dict[str, list[dict[str, Any]]] = {}
    for record in report.stages:
        stages.setdefault(record["stage"], []).append(record)
    every = [*stages.items(), *([("the last stage", report.records)] if report.records else [])]
    rows = [
        {
            "name": name, "epochs": len(records), "seconds": sum(one["seconds"] for one in records),
            "first": records[0]["train_loss"], "last": records[-1]["train_loss"],
        }
        for name, records in every
    ]  # fmt: skip
    return {"rows": rows, "curves": as_svg(stage_curves(stages))}

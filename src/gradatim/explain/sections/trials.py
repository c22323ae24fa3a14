"""What was tried in the time budget before the settings were chosen."""

from typing import Any

from gradatim.planning.defaults import setting_text


def context(evidence: None, report: Any) -> dict[str, Any]:
    """A row for each trial, in order; the best one is marked."""
    losses = [one["loss"] for one in report.tried if one["loss"] is not None]
    rows = [
        {
            "what": ", ".join(f"{k} {setting_text(v)}" for k, v in one["changed"].items()) or "the recipe",
            "loss": one["loss"], "epoch": one["epoch"], "seconds": one["seconds"],
            "best": bool(losses) and one["loss"] == min(losses),
        }
        for one in report.tried
    ]  # fmt: skip
    return {"rows": rows}

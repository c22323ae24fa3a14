"""Learning curves, epoch by epoch."""

from typing import Any

from gradatim.explain.curves import accuracy_curve, loss_curves


def context(evidence: None, report: Any) -> dict[str, Any]:
    """The curves there are data for, as SVG."""
    drawn = [draw(report.records, report.best_epoch) for draw in (loss_curves, accuracy_curve)]
    return {"curves": [svg for svg in drawn if svg is not None]}

"""Whether probabilities come true."""

from typing import Any

from gradatim.explain.calibration import reliability
from gradatim.explain.reliability_diagram import reliability_diagram
from gradatim.problems.evidence import Calibration


def context(evidence: Calibration, report: Any) -> dict[str, Any]:
    """The reliability diagram and the expected calibration error."""
    bins = reliability(evidence.p, evidence.came_true)
    return {"drawn": reliability_diagram(bins, evidence.of), "error": bins.error}

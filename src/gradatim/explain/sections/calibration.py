"""Whether probabilities come true."""

from typing import Any

from gradatim.explain.calibration import reliability
from gradatim.explain.charts.as_svg import as_svg
from gradatim.explain.charts.reliability_diagram import reliability_diagram
from gradatim.problems.evidence import Calibration


def context(evidence: Calibration, report: Any) -> dict[str, Any]:
    """The reliability diagram and the expected calibration error."""
    bins = reliability(evidence.p, evidence.came_true)
    (diagram,) = as_svg(reliability_diagram(bins, evidence.of))
    return {"drawn": diagram, "error": bins.error}

"""A network beside other models that learned from the same examples."""

from typing import Any

from gradatim.explain.comparison import columns, lines


def context(evidence: None, report: Any) -> dict[str, Any]:
    """Each model's measures, the best in bold."""
    return {
        "measures": columns(report.metrics, report.baselines),
        "models": lines(report.metrics, report.seconds, report.baselines),
    }

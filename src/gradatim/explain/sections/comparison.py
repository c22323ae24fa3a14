"""A network beside other models that learned from the same examples."""

from typing import Any

from gradatim.explain.comparison import columns, lines


def context(evidence: None, report: Any) -> dict[str, Any]:
    """Each model's measures, the best in bold."""
    network = report.metrics if report.network_metrics is None else report.network_metrics
    return {
        "measures": columns(report.problem.in_short(network), report.baselines),
        "models": lines(report.problem.in_short(network), report.seconds, report.baselines),
    }

"""A network beside other models that learned from the same examples."""

from typing import Any

from gradatim.explain.comparison import columns, lines


def context(evidence: None, report: Any) -> dict[str, Any]:
    """Each model's measures, the best in bold; of tasks that are asked alike the means."""
    network = report.metrics if report.network_metrics is None else report.network_metrics
    short = report.problem.in_short(network)
    short = {name: short[name] for name in short if name.startswith("mean ")} or short
    return {
        "measures": columns(short, report.baselines),
        "models": lines(short, report.seconds, report.baselines),
    }

"""The layers of the network."""

from typing import Any


def context(evidence: None, report: Any) -> dict[str, Any]:
    """The layers, and their parameters in all."""
    return {"parameters": report.parameters}

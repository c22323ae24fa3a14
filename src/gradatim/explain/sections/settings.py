"""How the run was made: settings, choices with their reasons, versions."""

from typing import Any


def context(evidence: None, report: Any) -> dict[str, Any]:
    """All of it stands in the report."""
    return {}

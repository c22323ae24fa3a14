"""What was left out, and why."""

from typing import Any


def context(evidence: Any, report: Any) -> dict[str, Any]:
    """The sentence stands in the evidence."""
    return {}

"""How the answer depends on single columns."""

from typing import Any

from gradatim.explain.column_evidence import Dependence
from gradatim.explain.dependence import dependence_pictures


def context(evidence: Dependence, report: Any) -> dict[str, Any]:
    """A picture a column."""
    return {"drawn": dependence_pictures(evidence.effects)}

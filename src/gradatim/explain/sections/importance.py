"""Which columns matter."""

from typing import Any

from gradatim.explain.column_evidence import Columns
from gradatim.explain.importance import importance_bars


def context(evidence: Columns, report: Any) -> dict[str, Any]:
    """A bar for each of the most important columns."""
    return {"drawn": importance_bars(evidence.importance)}

"""Which columns matter."""

from typing import Any

from gradatim.explain.column_evidence import Columns
from gradatim.explain.importance import importance_bars
from gradatim.problems.several_tasks import SeveralTasks


def context(evidence: Columns, report: Any) -> dict[str, Any]:
    """A bar for each of the most important columns; whether the loss is a sum over tasks."""
    drawn = importance_bars(evidence.importance)
    return {"drawn": drawn, "several_tasks": report.problem.kind == SeveralTasks.kind}

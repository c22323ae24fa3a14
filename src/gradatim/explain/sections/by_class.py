"""Precision, recall and F1 of each class, and their averages."""

from typing import Any

from gradatim.problems.class_report import average_rates, class_rates
from gradatim.problems.evidence import ByClass

MOST_ROWS = 30


def context(evidence: ByClass, report: Any) -> dict[str, Any]:
    """A row for each class; of very many those with the lowest F1."""
    rows = class_rates(evidence)
    shown = rows if len(rows) <= MOST_ROWS else sorted(rows, key=lambda row: row.f1)[:MOST_ROWS]
    return {
        "rows": shown, "left_out": len(rows) - len(shown), "averages": average_rates(evidence),
        "word": "label" if evidence.several else "tag" if evidence.unit == "word" else "class",
    }  # fmt: skip

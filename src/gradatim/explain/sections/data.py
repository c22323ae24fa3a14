"""What was learned from: columns or shapes, what is missing, what was left out, and how it is encoded."""

from typing import Any

from gradatim.explain.data_evidence import DataFacts


def context(evidence: DataFacts, report: Any) -> dict[str, Any]:
    """The tables, each with its columns' names and whether they hold numbers."""
    tables = [
        {"head": [(name.removesuffix("#"), name.endswith("#")) for name in one.head], "rows": one.rows}
        for one in evidence.listings
    ]
    return {"tables": tables}

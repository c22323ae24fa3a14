"""Where several runs are right together and alone."""

from typing import Any

from gradatim.problems.evidence import Agreement


def context(evidence: Agreement, report: Any) -> dict[str, Any]:
    """How many examples all have right and none; of each run those that it alone has right or wrong."""
    right = evidence.right
    counts = right.sum(0)
    runs, n = right.shape
    rows = [
        {
            "name": name,
            "right": int(own.sum()),
            "alone": int((own & (counts == 1)).sum()),
            "missed": int((~own & (counts == runs - 1)).sum()),
        }
        for name, own in zip(report.names, right, strict=True)
    ]
    return {"n": n, "together": int((counts == runs).sum()), "nobody": int((counts == 0).sum()), "rows": rows}

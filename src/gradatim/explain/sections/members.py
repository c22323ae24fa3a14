"""The members of an ensemble, and how much each counts."""

from typing import Any

from gradatim.explain.number_format import percent


def context(evidence: None, report: Any) -> dict[str, Any]:
    """A row for each kind: its members, the epochs kept, the mean loss on unseen examples, its share."""
    kinds: dict[int, list[dict[str, Any]]] = {}
    for one in report.members:
        kinds.setdefault(one["kind"], []).append(one)
    rows = [
        {
            "kind": kind, "members": len(some),
            "epochs": ", ".join(str(one["epoch"]) for one in some),
            "loss": sum(one["loss"] for one in some) / len(some),
            "share": percent(sum(one["share"] for one in some)),
        }
        for kind, some in kinds.items()
    ]  # fmt: skip
    folds = max(one["fold"] for one in report.members)
    return {"rows": rows, "folds": folds}

"""Data: what is in a data set, before anything is learned from it."""

from typing import Any

import numpy as np

from gradatim.data.loading import load_data
from gradatim.data.splits import split
from gradatim.models.heads import head_for


def describe_data(data: Any, target: str | None = None) -> dict[str, Any]:
    """Sizes, ranges, classes and splits.

    >>> describe_data("digits")["splits"]
    {'train': 1294, 'valid': 144, 'test': 359}
    """
    found = load_data(data, target)
    facts: dict[str, Any] = {
        "name": found.name, "n": len(found), "shape": list(found.x.shape[1:]), "type": str(found.x.dtype),
        "smallest": float(found.x.min()), "largest": float(found.x.max()), "mean":
        float(found.x.mean(dtype=np.float64)), "fingerprint": found.fingerprint, "classes": {},
    }  # fmt: skip
    if found.y is not None and found.classes:
        counts = np.bincount(found.y, minlength=len(found.classes))
        facts["classes"] = {str(name): int(n) for name, n in zip(found.classes, counts, strict=True)}
        facts["splits"] = split(found).sizes()
        facts["split_rule"] = (
            "the publisher's test split"
            if found.official_test is not None
            else "stratified, by the fingerprint"
        )
        facts["head"] = (
            head_for(found.classes).sentence if len(found.classes) > 1 else "one class: nothing to learn"
        )
    return facts

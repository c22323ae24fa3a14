"""Data: what is in a data set, before anything is learned from it."""

from typing import Any

import numpy as np

from gradatim.data.loading import load_data
from gradatim.data.splits import split
from gradatim.data.text import Text, split_text
from gradatim.jobs.texts import is_text, load_text
from gradatim.models.heads import head_for


def describe_data(data: Any, target: str | None = None) -> dict[str, Any]:
    """Sizes, ranges, classes and splits.

    >>> describe_data("digits")["splits"]
    {'train': 1294, 'valid': 144, 'test': 359}
    """
    if is_text(data):
        return _text_facts(load_text(data))
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


def _text_facts(text: Text) -> dict[str, Any]:
    """Characters, the vocabulary, and the commonest of them with what they alone would cost to guess."""
    counts = np.bincount(text.tokens, minlength=len(text.vocabulary))
    p = counts / len(text)
    train, valid = split_text(text)
    return {
        "name": text.name, "n": len(text), "characters": text.vocabulary.characters,
        "distinct": len(text.vocabulary), "lines": text.characters().count("\n"),
        "bits_per_character_of_frequencies": float(-(p * np.log2(p)).sum()),
        "counts": {c: int(n) for c, n in zip(text.vocabulary.characters, counts, strict=True)},
        "splits": {"train": len(train), "valid": len(valid)}, "fingerprint": text.fingerprint,
        "begins": text.characters(0, 200),
    }  # fmt: skip

"""The words that speak for each class."""

from typing import Any

from gradatim.explain.word_evidence import Words


def context(evidence: Words, report: Any) -> dict[str, Any]:
    """A table for each class, of the words that it has some of."""
    pairs = zip(evidence.classes, evidence.words, strict=True)
    return {"tables": [(name, words) for name, words in pairs if words]}

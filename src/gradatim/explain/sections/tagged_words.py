"""Words that training knows and others, and the words that are tagged wrongly most often."""

from typing import Any

from gradatim.problems.evidence import TaggedWords


def context(evidence: TaggedWords, report: Any) -> dict[str, Any]:
    """A row for each part, and one for each word."""
    parts = zip(evidence.parts, evidence.support, evidence.right, strict=True)
    columns = (evidence.words, evidence.counts, evidence.wrong, evidence.true, evidence.predicted)
    return {
        "parts": [(name, n, right / n if n else None) for name, n, right in parts],
        "mistakes": list(zip(*columns, strict=True)),
    }

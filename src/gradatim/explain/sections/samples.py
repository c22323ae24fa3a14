"""What a generating network made at several stages of training."""

from typing import Any

from gradatim.explain.headline import course
from gradatim.explain.number_format import measure
from gradatim.problems.evidence import Samples


def context(evidence: Samples, report: Any) -> dict[str, Any]:
    """The samples stand in the evidence."""
    return {}


def headline(evidence: Samples, report: Any) -> str:
    """What a character costs, or how many words a word is as hard to guess as one of."""
    if "perplexity" in report.metrics:
        words = measure(report.metrics["perplexity"])
        return (
            f"A word of the {report.word} text is as hard to guess as one of {words} equally likely words"
            f"{course(report.records)}."
        )
    bits = measure(report.metrics["bits_per_character"])
    return f"A character of the {report.word} text costs {bits} bits to guess{course(report.records)}."

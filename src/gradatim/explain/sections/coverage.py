"""How much of the truth lies in intervals."""

from dataclasses import dataclass
from typing import Any

from gradatim.problems.evidence import Coverage


@dataclass(frozen=True)
class Row:
    """What was promised, what was held, and the mean widths."""

    nominal: float
    share: float
    widths: list[float]


def context(evidence: Coverage, report: Any) -> dict[str, Any]:
    """A row for each level."""
    found = zip(evidence.nominal, evidence.shares, evidence.widths, strict=True)
    return {"held": [Row(nominal, share, list(widths)) for nominal, share, widths in found]}

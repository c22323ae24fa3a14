"""What a network attended to while it said some answers: a table of shades."""

from typing import Any

from gradatim.problems.evidence import Alignment

SHOWN = 0.05  # weights below are left white


def context(evidence: Alignment, report: Any) -> dict[str, Any]:
    """Of each answer the units that were read, and a row of weights for each that was said."""
    columns = (evidence.rows, evidence.read, evidence.said, evidence.weights)
    return {
        "alignments": [
            {"row": row, "read": read, "lines": [
                (unit, [(round(float(w), 2), 0 if w < SHOWN else round(100 * float(w))) for w in line])
                for unit, line in zip(said, weights, strict=True)
            ]}
            for row, read, said, weights in zip(*columns, strict=True)
        ]
    }  # fmt: skip

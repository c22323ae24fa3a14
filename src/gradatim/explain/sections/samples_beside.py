"""What several generating networks wrote at the end of training."""

from typing import Any

from gradatim.problems.evidence import SamplesBeside


def context(evidence: SamplesBeside, report: Any) -> dict[str, Any]:
    """A text for each run."""
    return {"texts": list(zip(report.names, evidence.texts, strict=True))}

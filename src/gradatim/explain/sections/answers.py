"""What is said of some inputs, beside the right answers."""

from typing import Any

from gradatim.explain.sections.mistakes import chart_of
from gradatim.problems.evidence import Answers, Example


def context(evidence: Answers, report: Any) -> dict[str, Any]:
    """Each input as a text, a picture, or its row; the answer, and the right ones."""
    examples = evidence.examples or (Example(),) * len(evidence.rows)
    return {
        "answers": [
            {"row": row, "input": (example.values or {}).get("text", ""), "chart": chart_of(example),
             "name": example.name, "said": said, "references": references, "right": said in references}
            for row, example, said, references in zip(
                evidence.rows, examples, evidence.said, evidence.references, strict=True
            )
        ],
    }  # fmt: skip

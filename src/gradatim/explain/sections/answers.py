"""What is said of some inputs, beside the right answers."""

from typing import Any

from gradatim.explain.headline import course, some_examples
from gradatim.explain.number_format import measure_name, percent
from gradatim.explain.pictures import pictures
from gradatim.explain.sections.mistakes import chart_of
from gradatim.problems.evidence import Answers, Example


def context(evidence: Answers, report: Any) -> dict[str, Any]:
    """Each input as a text, a picture, or its row; the answer, and the right ones."""
    examples = evidence.examples or (Example(),) * len(evidence.rows)
    shown = iter(pictures([one.picture for one in examples if one.picture is not None]))
    drawn = [None if one.picture is None else next(shown) for one in examples]
    return {
        "answers": [
            {"row": row, "input": (example.values or {}).get("text", ""), "chart": chart_of(example),
             "picture": picture, "name": example.name, "said": said, "references": references,
             "right": said in references}
            for row, example, picture, said, references in zip(
                evidence.rows, examples, drawn, evidence.said, evidence.references, strict=True
            )
        ],
    }  # fmt: skip


def headline(evidence: Answers, report: Any) -> str:
    """BLEU, or the rate of wrong words, and how the loss fell."""
    over = some_examples(report.size, report.word)
    name = next((name for name in ("bleu", "bleu_4") if name in report.metrics), None)
    if name is not None:
        return f"{measure_name(name)} is {report.metrics[name]:.1f} over {over}{course(report.records)}."
    if "word_error" in report.metrics:
        wrong = percent(report.metrics["word_error"])
        return f"The rate of wrong words is {wrong} over {over}{course(report.records)}."
    return ""

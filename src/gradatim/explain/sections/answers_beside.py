"""What several runs say of the same inputs."""

from collections.abc import Sequence
from typing import Any

from gradatim.explain.number_format import measure
from gradatim.explain.pictures import pictures
from gradatim.explain.sections.mistakes import chart_of
from gradatim.problems.evidence import AnswersBeside, Example

MOST_FEATURES = 6  # of a row of a table
SHORT = 20  # characters of answers that stand in narrow columns


def context(evidence: AnswersBeside, report: Any) -> dict[str, Any]:
    """Each input as a text, a picture, a series or a row, with every run's answer and the right one."""
    examples = evidence.examples or (Example(),) * len(evidence.rows)
    shown = iter(pictures([one.picture for one in examples if one.picture is not None]))
    drawn = [None if one.picture is None else next(shown) for one in examples]
    return {
        "short": are_short(evidence) and not any(map(read, examples)),
        "answers": [
            {
                "where": where(row, example, report.word), "input": read(example), "picture": picture,
                "chart": chart_of(example), "right": " / ".join(references),
                "said": told(report.names, said, references),
            }
            for row, example, picture, said, references in zip(
                evidence.rows, examples, drawn, evidence.said, evidence.references, strict=True
            )
        ]
    }  # fmt: skip


def are_short(evidence: AnswersBeside) -> bool:
    """Whether the answers fit into narrow columns."""
    return all(len(one) <= SHORT for said in evidence.said for one in said)


def told(
    names: Sequence[str], said: Sequence[str], right: Sequence[str]
) -> list[tuple[str, str, bool]]:  # fmt: skip
    """Each run's answer, and whether it is one of the right ones."""
    return [(name, one, one in right) for name, one in zip(names, said, strict=True)]


def where(row: int, example: Example, word: str) -> str:
    """Which example it is: its file, its row of a table, or its row of the split."""
    return example.name or (f"row {example.row}" if example.row is not None else f"{word} row {row}")


def read(example: Example) -> str:
    """What there is to read of an input: its text, or the first features of a row."""
    values = example.values or {}
    if "text" in values:
        return str(values["text"])
    if example.picture is not None or example.lines is not None:
        return ""
    return " · ".join(f"{name} {measure(value)}" for name, value in list(values.items())[:MOST_FEATURES])

"""The wrongly classified examples, as pictures or with their features."""

from collections.abc import Sequence
from typing import Any

from gradatim.explain.pictures import LARGEST, pictures
from gradatim.explain.series_lines import series_chart
from gradatim.problems.evidence import Example, Mistakes

WIDE = 2 * LARGEST  # pixels on the longer side of pictures side by side, such as those of a clip
MOST_FEATURES = 12  # shown of an example that is not a picture


def context(evidence: Mistakes, report: Any) -> dict[str, Any]:
    """Pictures each beside its PNG, and the others with the features they show."""
    examples = evidence.examples or (Example(),) * len(evidence.rows)
    columns = (evidence.rows, evidence.true, evidence.predicted, evidence.probability,
               evidence.probability_of_true, examples)  # fmt: skip
    every = [
        {"row": row if example.row is None else example.row,
         "true": true, "predicted": predicted, "probability": p, "probability_of_true": of_true,
         "picture": example.picture, "values": example.values or {}, "chart": chart_of(example),
         "name": example.name or f"{report.word} row {row}"}
        for row, true, predicted, p, of_true, example in zip(*columns, strict=True)
    ]  # fmt: skip
    shown = [one for one in every if one["picture"] is not None]
    charts = [one for one in every if one["chart"]]
    rows = [one for one in every if one["picture"] is None and not one["chart"]]
    wide = any(one["picture"].shape[2] >= 2 * one["picture"].shape[1] for one in shown)
    drawn = pictures([one["picture"] for one in shown], WIDE if wide else LARGEST)
    return {
        "mistakes": every, "pictured": list(zip(shown, drawn, strict=True)), "charts": charts, "rows": rows,
        "wide": wide,
        "named": any(example.name for example in examples), "of_table": are_of_table(examples),
        "features": shown_features([example for example in examples if example.picture is None]),
    }  # fmt: skip


def chart_of(example: Example) -> str:
    """A series as an SVG; nothing for other examples."""
    if example.lines is None:
        return ""
    return series_chart(example.lines, example.line_names, example.name)


def shown_features(examples: Sequence[Example]) -> dict[str, bool]:
    """The features that are shown of examples, and whether each is a number, which stands to the right."""
    values = [example.values or {} for example in examples]
    names = list(values[0])[:MOST_FEATURES] if values else []
    return {name: is_numeric([one.get(name) for one in values]) for name in names}


def are_of_table(examples: Sequence[Example]) -> bool:
    """Whether all are rows of a table, whose numbers there are known."""
    return bool(examples) and all(example.row is not None for example in examples)


def is_numeric(values: Sequence[Any]) -> bool:
    """Whether any of them is a number."""
    return any(isinstance(value, int | float) for value in values)

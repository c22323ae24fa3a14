"""The examples that are answered worst, where answers are not classes."""

from typing import Any

from gradatim.explain.headline import some_examples
from gradatim.explain.number_format import percent
from gradatim.explain.sections.mistakes import are_of_table, chart_of, is_numeric, shown_features
from gradatim.problems.evidence import Example, Misses


def context(evidence: Misses, report: Any) -> dict[str, Any]:
    """What is told of each, and its features beside it: whether each is a number."""
    names = evidence.told[0] if evidence.told else ()
    examples = evidence.examples or (Example(),) * len(evidence.rows)
    return {
        "told": {name: is_numeric([told[name] for told in evidence.told]) for name in names},
        "beside": shown_features(evidence.examples),
        "of_table": are_of_table(examples),
        "misses": [
            {"row": row if example.row is None else example.row, "told": told, "values": example.values or {},
             "chart": chart_of(example), "name": example.name}
            for row, told, example in zip(evidence.rows, evidence.told, examples, strict=True)
        ],
    }  # fmt: skip


def headline(evidence: Misses, report: Any) -> str:
    """How many have no wrong label, beside the best constant answer; nothing without measures of labels."""
    metrics, constant = report.metrics, report.constant
    if not {"subset_accuracy", "hamming_loss"} <= metrics.keys():
        return ""
    over, against = some_examples(report.size, report.word), ""
    if "subset_accuracy" in constant:
        guess = percent(constant["subset_accuracy"])
        better = constant["subset_accuracy"] > metrics["subset_accuracy"]
        against = f"; giving all the same labels would get {guess}{', which is better' if better else ''}"
    wrong = f"{percent(metrics['hamming_loss'])} of all labels are wrong"
    return f"All labels of {percent(metrics['subset_accuracy'])} of {over} are right ({wrong}{against})."

"""The one sentence that says how good a model is, and against what."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from gradatim.explain.comparison import beaten_by
from gradatim.explain.number_format import count, measure, percent
from gradatim.problems.evidence import Evidence

WORDS = {"train": "training", "valid": "validation"}  # the splits whose names are not words
SECTIONS = "gradatim.explain.sections"  # a module for each kind of evidence
CONSTANTS = (
    "majority",
    "mean",
    "constant",
    "commonest caption",
)  # the baselines that answer the same to everything


def headline_of(report: Any) -> str:
    """How good the network is, by the first evidence whose section has a sentence for it, otherwise by the
    measures alone; better models are named in it.
    """
    sentence = next(filter(None, (_of_section(one, report) for one in report.evidence)), None)
    sentence = sentence or plain_headline(report)
    return f"{sentence.removesuffix('.')}{beaten_by(report.problem, report.metrics, report.baselines)}."


def _of_section(evidence: Evidence, report: Any) -> str | None:
    section = import_module(f"{SECTIONS}.{evidence.section}")
    return section.headline(evidence, report) if hasattr(section, "headline") else None


def plain_headline(report: Any) -> str:
    """The best sentence that the measures alone allow."""
    metrics = report.metrics
    if not metrics:
        return f"The model has not been measured on {report.word} examples{course(report.records)}."
    name = next((name for name in ("accuracy", "loss") if name in metrics), next(iter(metrics)))
    if name == "accuracy":
        return (
            f"{percent(metrics[name])} of {some_examples(report.size, report.word)} are classified correctly."
        )
    value = measure(metrics[name])
    over = some_examples(report.size, report.word)
    return f"The {name.replace('_', ' ')} over {over} is {value}{course(report.records)}."


def some_examples(number: int, word: str) -> str:
    """So many examples of a split.

    >>> some_examples(1, "test"), some_examples(359, "test")
    ('1 test example', '359 test examples')
    """
    return f"{count(number)} {word} example{'' if number == 1 else 's'}"


def course(records: Sequence[dict]) -> str:
    """Where the loss came from and how low it went, on validation examples if there are any."""
    for key, words in (("valid_loss", "validation loss"), ("train_loss", "training loss")):
        losses = [record[key] for record in records if record.get(key) is not None]
        if len(losses) > 1:
            first, least = measure(losses[0]), measure(min(losses))
            return f"; {words} was {first} after the first epoch and {least} at its lowest"
    return ""

"""The one sentence that says how good a model is, and against what."""

from collections.abc import Sequence
from typing import Any

from gradatim.explain.number_format import count, measure, percent

WORDS = {"train": "training", "valid": "validation"}  # the splits whose names are not words
CONSTANTS = ("majority", "mean")  # the baselines that answer the same to everything


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

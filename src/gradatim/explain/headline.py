"""The one sentence that says how good a model is, and against what."""

from collections.abc import Sequence

import numpy as np

from gradatim.explain.comparison import beaten_by, said
from gradatim.explain.confusion import commonest, correct
from gradatim.explain.numerals import count, measure, percent

WORDS = {"train": "training", "valid": "validation"}  # the splits whose names are not words
CONSTANTS = ("majority", "mean")  # the baselines that answer the same to everything


def headline(
    split: str, size: int, metrics: dict[str, float], confusion: np.ndarray | None, records: Sequence[dict],
    baselines: Sequence[dict] = (), targets: int = 1,
) -> str:  # fmt: skip
    """The best sentence that what is known allows; other models that are better are named in it.

    >>> print(headline("test", 4, {"loss": 0.31}, None, []))
    The loss over 4 test examples is 0.31.
    """
    constant: dict[str, float] = next((row["metrics"] for row in baselines if row["name"] in CONSTANTS), {})
    sentence = _of_network(WORDS.get(split, split), size, metrics, confusion, records, constant, targets)
    return f"{sentence.removesuffix('.')}{beaten_by(metrics, baselines)}."


def _of_network(
    word: str, size: int, metrics: dict[str, float], confusion: np.ndarray | None, records: Sequence[dict],
    constant: dict[str, float], targets: int,
) -> str:  # fmt: skip
    """What the network can."""
    if confusion is not None and confusion.sum():
        return _of_answers(confusion, word)
    if not metrics:
        return f"The model has not been measured on {word} examples{_course(records)}."
    if "bits_per_character" in metrics:
        bits = measure(metrics["bits_per_character"])
        return f"A character of the {word} text costs {bits} bits to guess{_course(records)}."
    if "rmse" in metrics:
        return _of_numbers(metrics, constant, targets, examples(size, word))
    if "subset_accuracy" in metrics:
        return _of_labels(metrics, constant, examples(size, word))
    name = next((name for name in ("accuracy", "loss") if name in metrics), next(iter(metrics)))
    if name == "accuracy":
        return f"{percent(metrics[name])} of {examples(size, word)} are classified correctly."
    value = measure(metrics[name])
    return f"The {name.replace('_', ' ')} over {examples(size, word)} is {value}{_course(records)}."


def _of_numbers(metrics: dict[str, float], constant: dict[str, float], targets: int, over: str) -> str:
    """How far off, and how far the mean would be; of several targets it is their mean."""
    several = f", the mean over {targets} targets" if targets > 1 else ""
    off = f"Predictions are off by {measure(metrics['rmse'])} (root mean square{several}) over {over}"
    if constant.get("rmse", 0.0) > metrics["rmse"]:
        off += f", guessing the mean would be by {measure(constant['rmse'])}"
    return f"{off}; R² is {said('r2', metrics['r2'])}."


def _of_labels(metrics: dict[str, float], constant: dict[str, float], over: str) -> str:
    """How many have no wrong label, beside the best constant answer."""
    against = ""
    if "subset_accuracy" in constant:
        guess = percent(constant["subset_accuracy"])
        better = constant["subset_accuracy"] > metrics["subset_accuracy"]
        against = f"; giving all the same labels would get {guess}{', which is better' if better else ''}"
    wrong = f"{percent(metrics['hamming_loss'])} of all labels are wrong"
    return f"All labels of {percent(metrics['subset_accuracy'])} of {over} are right ({wrong}{against})."


def examples(number: int, word: str) -> str:
    """So many examples of a split.

    >>> examples(1, "test"), examples(359, "test")
    ('1 test example', '359 test examples')
    """
    return f"{count(number)} {word} example{'' if number == 1 else 's'}"


def _of_answers(confusion: np.ndarray, word: str) -> str:
    """Accuracy beside that of the best constant answer."""
    right, total = correct(confusion)
    guess = commonest(confusion)
    against = f"guessing the commonest class would get {percent(guess)}"
    if right == total:
        return f"All {examples(total, word)} are classified correctly ({against})."
    share = right / total
    if share <= guess:
        against += ", which is as good" if share == guess else ", which is better"
    some = f"{percent(share)} of {examples(total, word)} are classified correctly"
    return f"{some} ({count(total - right)} wrong; {against})."


def _course(records: Sequence[dict]) -> str:
    """Where the loss came from and how low it went, on validation examples if there are any."""
    for key, words in (("valid_loss", "validation loss"), ("train_loss", "training loss")):
        losses = [record[key] for record in records if record.get(key) is not None]
        if len(losses) > 1:
            first, least = measure(losses[0]), measure(min(losses))
            return f"; {words} was {first} after the first epoch and {least} at its lowest"
    return ""

"""The output of a network and its loss, chosen from the target (curriculum B11)."""

from typing import NamedTuple

from gradatim.checks import UsageError


class Head(NamedTuple):
    """How many outputs, which loss reads them, and the reason in a sentence."""

    outputs: int
    loss: str
    sentence: str


def head_of(task: str, classes: tuple, targets: int = 1, examples: int | None = None) -> Head:
    """The head of a task: of classes by `head_for`; K labels, K sigmoid outputs; T numbers, T linear ones.

    >>> head_of("regression", ()).sentence
    'one number: one linear output, squared error'
    """
    if task == "regression":
        many = (
            "one number: one linear output" if targets == 1 else f"{targets} numbers: one linear output each"
        )
        return Head(targets, "squared_error", f"{many}, squared error")
    if task == "multilabel":
        return Head(targets, "multilabel", f"{targets} labels: one sigmoid output each, binary cross entropy")
    return head_for(classes, examples)


def head_for(classes: tuple, examples: int | None = None) -> Head:
    """Two classes: one sigmoid output; K > 2 classes: K softmax outputs.

    Raises UsageError for fewer than two, and when nearly every one of the `examples` is a class of its own.

    >>> head_for(("no", "yes")).loss
    'binary_cross_entropy'
    """
    if len(classes) < 2:
        found = ", ".join(map(str, classes)) or "none"
        raise UsageError(f"the target has {len(classes)} class ({found}); learning needs two")
    if examples is not None and len(classes) > max(50, examples // 2):
        raise UsageError(
            f"the target has {len(classes)} distinct values in {examples} examples: too many to be classes, "
            "which is what this version learns"
        )
    if len(classes) == 2:
        sentence = f"two classes ({classes[0]}, {classes[1]}): one sigmoid output, binary cross entropy"
        return Head(1, "binary_cross_entropy", sentence)
    sentence = f"{len(classes)} classes: one softmax output each, cross entropy"
    return Head(len(classes), "cross_entropy", sentence)

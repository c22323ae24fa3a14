"""The output of a network and its loss, chosen from the target (curriculum B11)."""

from typing import NamedTuple

from gradatim.checks import UsageError


class Head(NamedTuple):
    """How many outputs, which loss reads them, and the reason in a sentence."""

    outputs: int
    loss: str
    sentence: str


LOSSES = {  # that read the outputs of a task's head
    "classification": ("cross_entropy", "binary_cross_entropy"),
    "multilabel": ("multilabel",),
    "regression": (
        "squared_error", "half_squared_error", "absolute_error", "huber", "gaussian_nll", "laplace_nll",
    ),
}  # fmt: skip


def check_loss(loss: str, task: str, classes: tuple = ()) -> None:
    """Raise UsageError for a loss that is not of this task, or not of so many classes.

    >>> check_loss("huber", "classification")
    Traceback (most recent call last):
        ...
    gradatim.checks.UsageError: the loss huber is of regression; classification takes cross_entropy or \
binary_cross_entropy
    """
    if loss not in LOSSES[task]:
        of = next((f"of {other}" for other, losses in LOSSES.items() if loss in losses), "of no task here")
        raise UsageError(f"the loss {loss} is {of}; {task} takes {' or '.join(LOSSES[task])}")
    if loss == "binary_cross_entropy" and len(classes) > 2:
        raise UsageError(
            f"the loss {loss} tells two classes apart, and here are {len(classes)}: take cross_entropy"
        )


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

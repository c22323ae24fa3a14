"""A weight of the answer yes, where there are far fewer of it than of no."""

from copy import copy
from typing import Any

from gradatim.checks import UsageError, positive


def weigh_yes(loss: Any, pos_weight: Any) -> Any:
    """The loss in which the answer yes counts `pos_weight` times: one number, or one for each label.

        l = −w y log p − (1 − y) log(1 − p)

    Raises UsageError for a loss of other questions, for several numbers where there is one answer, and for a
    number that is not above 0.
    """
    numbers = positive("pos_weight", pos_weight)
    if not hasattr(loss, "pos_weight"):
        raise UsageError(
            "pos_weight is for answers of yes and no: the losses binary_cross_entropy, of two classes, and "
            "multilabel; class_weight weighs others"
        )
    if isinstance(numbers, list | tuple) and len(numbers) == 1:
        numbers = numbers[0]
    several = isinstance(numbers, list | tuple)
    if several and type(loss).__name__ != "MultiLabel":
        raise UsageError(f"pos_weight is one number for two classes; here are {len(numbers)}")
    found = copy(loss)
    found.pos_weight = list(numbers) if several else numbers
    return found


def check_labels(loss: Any, y: Any) -> None:
    """Raise UsageError where there is not one weight for each label (N, K)."""
    weights = getattr(loss, "pos_weight", None)
    if isinstance(weights, list) and getattr(y, "ndim", 0) == 2 and y.shape[1] != len(weights):
        raise UsageError(
            f"pos_weight is one number, or one for each of {y.shape[1]} labels; here are {len(weights)}"
        )

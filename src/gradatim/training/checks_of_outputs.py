"""Whether a network's outputs can be a loss's scores for the targets at hand."""

from copy import copy
from typing import Any

import numpy as np

from gradatim.checks import UsageError, real
from gradatim.data.shares import check_shares
from gradatim.functional.void import VOID, known_pixels


def check_fit(loss: Any, shape: tuple[int, ...], y: np.ndarray) -> None:
    """Raise UsageError when a loss of classes cannot read outputs of this shape, (N, K, …), with these y.

    y holds one class number an example, (N,), or one at each of its places, (N, …), such as pixels, of which
    some may be VOID; or of a loss that takes them a probability of each class, (N, K).
    """
    if y.ndim == 2 and y.dtype.kind == "f" and getattr(loss, "takes_shares", False):
        return _check_shares(shape, y)
    if not getattr(loss, "takes_classes", True):
        raise UsageError("kl_divergence needs a probability of each class as target; here are class numbers")
    given, places = shape[1] if len(shape) > 1 else 1, shape[2:]
    known = y[known_pixels(y)] if y.ndim == 3 and 1 < given <= VOID else y
    if not known.size:
        raise UsageError("no pixel of the masks is known: there is nothing to learn")
    expected = int(loss.expects(known))
    if y.ndim > 1 and not places:
        raise UsageError(f"targets must be one class number an example; their shape is {tuple(y.shape)}")
    if given < expected or (places and y.ndim == 1):
        raise UsageError(
            f"the loss needs {expected} outputs an example for these targets; the network gives "
            f"{tuple(shape[1:])}"
        )
    if y.shape[1:] != places:
        raise UsageError(
            f"targets must be one class number for each place of the outputs, {_by(places)}; they are "
            f"{_by(y.shape[1:])}"
        )
    if ((known < 0) | (known >= max(given, 2))).any():
        beyond = ((y < 0) | (y >= max(given, 2))) & ((y != VOID) | (known is y))
        first = tuple(int(i) for i in np.argwhere(beyond)[0])
        where = f" at {', '.join(map(str, first[1:]))}" if places else ""
        raise UsageError(
            f"targets must be class numbers 0 … {max(given, 2) - 1}; example {first[0]} has "
            f"{y[first].item()}{where}"
        )


def _check_shares(shape: tuple[int, ...], y: np.ndarray) -> None:
    """UsageError where outputs are not one for each probability, or these are no distributions."""
    if tuple(shape[1:]) != y.shape[1:]:
        raise UsageError(
            f"the targets are a probability of each of {y.shape[1]} classes; the network gives "
            f"{tuple(shape[1:])}"
        )
    check_shares(y)


def classes_of_shares(loss: Any, y: Any, scores: tuple[int, ...]) -> int | None:
    """How many classes targets have a share of where examples are mixed; None where targets are numbers that
    can be mixed as they are: probabilities, the answers no and yes as 0 and 1, fractions.

    Raises UsageError for a loss that reads whole class numbers alone.
    """
    if y.is_floating_point() or getattr(loss, "takes_fractions", False):
        return None
    if getattr(loss, "takes_shares", False) and len(scores) == 2:
        return scores[1]
    raise UsageError(
        "mixup and cutmix make targets between two classes, which cross_entropy and binary_cross_entropy "
        "read; the loss that was asked for reads whole classes"
    )


def is_right(decided: Any, y: Any) -> Any:
    """Whether the class decided for is the right one, or the most probable of a target with probabilities; of
    masks at the pixels that are known.
    """
    right = decided == (y.argmax(1) if y.ndim == decided.ndim + 1 else y)
    return right[y != VOID] if right.ndim == 3 else right


def _by(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def smooth(loss: Any, smoothing: float) -> Any:
    """The loss of smoothed targets; UsageError for one that has none."""
    if not hasattr(loss, "smoothing"):
        raise UsageError("label_smoothing is for the losses cross_entropy and binary_cross_entropy")
    found = copy(loss)
    found.smoothing = real("label_smoothing", smoothing, at_least=0, below=1)
    return found

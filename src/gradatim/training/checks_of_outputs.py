"""Whether a network's outputs can be a loss's scores for the targets at hand."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, real


def check_fit(loss: Any, shape: tuple[int, ...], y: np.ndarray) -> None:
    """Raise UsageError when a loss of classes cannot read outputs of this shape with these y.

    Shapes: y (N,) and outputs (N,) or (N, K); or y (N, …), a class for each place, and outputs (N, K, …).
    """
    places = tuple(y.shape[1:])
    if len(places) == 1 and len(shape) < 3:
        raise UsageError(f"targets must be one class number an example; their shape is {tuple(y.shape)}")
    expected, given = int(loss.expects(y)), int(np.prod(shape[1:2]))
    if tuple(shape[2:]) != places or given < expected:
        each = f" at each of {'×'.join(map(str, places))} places" if places else ""
        raise UsageError(
            f"the loss needs {expected} outputs an example{each} for these targets; the network gives "
            f"{tuple(shape[1:])}"
        )
    beyond = (y < 0) | (y >= max(given, 2))
    if beyond.any():
        first = tuple(np.argwhere(beyond)[0])
        raise UsageError(
            f"targets must be class numbers 0 … {max(given, 2) - 1}; example {first[0]} has {y[first].item()}"
        )


def smooth(loss: Any, smoothing: float) -> Any:
    """The loss of smoothed targets; UsageError for one that has none."""
    if not hasattr(loss, "smoothing"):
        raise UsageError("label_smoothing is for the losses cross_entropy and binary_cross_entropy")
    return type(loss)(real("label_smoothing", smoothing, at_least=0, below=1))

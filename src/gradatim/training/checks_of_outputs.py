"""Whether a network's outputs can be a loss's scores for the targets at hand."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, real


def check_fit(loss: Any, shape: tuple[int, ...], y: np.ndarray) -> None:
    """Raise UsageError when a loss of classes cannot read outputs of this shape, (N, …), with these y."""
    if y.ndim != 1:
        raise UsageError(f"targets must be one class number an example; their shape is {tuple(y.shape)}")
    expected, given = int(loss.expects(y)), int(np.prod(shape[1:]))
    if len(shape) > 2 or given < expected:
        raise UsageError(
            f"the loss needs {expected} outputs an example for these targets; the network gives "
            f"{tuple(shape[1:])}"
        )
    beyond = (y < 0) | (y >= max(given, 2))
    if beyond.any():
        first = int(beyond.argmax())
        raise UsageError(
            f"targets must be class numbers 0 … {max(given, 2) - 1}; example {first} has {y[first].item()}"
        )


def smooth(loss: Any, smoothing: float) -> Any:
    """The loss of smoothed targets; UsageError for one that has none."""
    if not hasattr(loss, "smoothing"):
        raise UsageError("label_smoothing is for the losses cross_entropy and binary_cross_entropy")
    return type(loss)(real("label_smoothing", smoothing, at_least=0, below=1))

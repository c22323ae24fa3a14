"""A target as a loss reads it, checked against what the loss can have."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, shown

CLASSES = ("cross_entropy", "categorical_nll", "nll", "focal", "hinge", "squared_hinge")
YES = ("binary_cross_entropy", "bernoulli_nll")
SHARES = ("cross_entropy", "categorical_nll", "kl_divergence")
FACTORS = {"gaussian_nll": 2, "laplace_nll": 2}


def read_target(loss: str, target: Any, outputs: tuple[int, ...], components: int = 3) -> np.ndarray:
    """The target of one example, or of every step of a sequence, for outputs of shape (N, K).

    Raises UsageError for a number that the loss cannot have as a target, or too few or many.

    >>> read_target("cross_entropy", 2, (1, 3)).tolist(), read_target("squared_error", [0.5], (1, 1)).tolist()
    ([2], [[0.5]])
    """
    rows, k = outputs[0], int(np.prod(outputs[1:]))
    try:
        y = np.asarray(target, float)
    except (TypeError, ValueError) as error:
        raise UsageError(f"target must be numbers; it is {shown(target)}") from error
    if not np.isfinite(y).all():
        raise UsageError(f"target must be finite; it is {shown(target)}")
    if loss in YES or (loss in ("hinge", "squared_hinge", "focal") and k == 1):
        return _yes(loss, y, rows, k)
    if loss in SHARES and y.size == rows * k and k > 1:
        return _shares(loss, y.reshape(rows, k))
    if loss in CLASSES:
        return _classes(loss, y, rows, k)
    return _numbers(loss, y, outputs, components)


def _yes(loss: str, y: np.ndarray, rows: int, k: int) -> np.ndarray:
    if k != 1:
        raise UsageError(f"{loss} reads one output; the network has {k}: cross_entropy reads a score a class")
    _check_count(loss, y, rows)
    signs = loss in ("hinge", "squared_hinge")
    right = np.isin(y, (-1, 0, 1)) if signs else (y >= 0) & (y <= 1)
    if not right.all():
        allowed = "0 or 1, or −1 or 1" if signs else "between 0 and 1"
        raise UsageError(f"a target of {loss} is {allowed}; it is {y[~right].flat[0]:g}")
    return y.reshape(rows)


def _shares(loss: str, y: np.ndarray) -> np.ndarray:
    if (y < 0).any() or np.abs(y.sum(1) - 1).max() > 1e-6:
        raise UsageError(
            f"a target of {loss} with a number a class is probabilities that sum to 1; it is {y[0].tolist()}"
        )
    return y


def _classes(loss: str, y: np.ndarray, rows: int, k: int) -> np.ndarray:
    if k == 1:
        raise UsageError(
            f"{loss} reads a score for each class; the network has one output: binary_cross_entropy reads one"
        )
    _check_count(loss, y, rows)
    if (y != np.floor(y)).any() or (y < 0).any() or (y >= k).any():
        raise UsageError(
            f"a target of {loss} is a class number from 0 to {k - 1}, as there are {k} outputs; it is "
            f"{y.flat[0]:g}"
        )
    return y.reshape(rows).astype(np.int64)


def _numbers(loss: str, y: np.ndarray, outputs: tuple[int, ...], components: int) -> np.ndarray:
    rows, k = outputs[0], int(np.prod(outputs[1:]))
    width = k // FACTORS.get(loss, 1)
    if loss == "mixture_nll":
        width = k // components - 2
    if width < 1 or y.size != rows * width:
        each = f" for each of {rows} steps" if rows > 1 else ""
        raise UsageError(f"{loss} reads {max(width, 1)} target{'s' * (width != 1)}{each}, as the network has "
                         f"{k} output{'s' * (k != 1)}; there are {y.size}")  # fmt: skip
    if loss == "poisson_nll" and ((y < 0) | (y != np.floor(y))).any():
        raise UsageError(f"a target of {loss} is a count: 0, 1, 2, …; it is {y.flat[0]:g}")
    if loss == "multilabel" and ((y < 0) | (y > 1)).any():
        raise UsageError(f"a target of {loss} is 0 or 1; it is {y[(y < 0) | (y > 1)].flat[0]:g}")
    return y.reshape(outputs if width == k else (rows, width))


def _check_count(loss: str, y: np.ndarray, rows: int) -> None:
    if y.size != rows:
        raise UsageError(
            f"{loss} reads one target{' a step, so ' + str(rows) if rows > 1 else ''}; there are {y.size}"
        )

"""Distributions over classes as targets."""

import numpy as np

from gradatim.checks import UsageError

CLOSE = 1e-3  # how far the sum of a row may be from 1, for what was rounded


def check_shares(y: np.ndarray) -> None:
    """Raise UsageError naming the first row that is no distribution over two classes or more.

    >>> check_shares(np.array([[0.5, 0.5], [0.2, 0.7]]))
    Traceback (most recent call last):
        ...
    gradatim.checks.UsageError: a distribution sums to 1; the target of example 1 sums to 0.9
    """
    if y.ndim != 2 or y.shape[1] < 2:
        raise UsageError(
            f"distributions are targets (N, K), a column for each class; their shape is {y.shape}"
        )
    if (y < 0).any():
        row = int((y < 0).any(1).argmax())
        raise UsageError(f"probabilities are at least 0; the target of example {row} holds {y[row].min():g}")
    total = y.sum(1)
    if (far := np.abs(total - 1) > CLOSE).any():
        row = int(far.argmax())
        raise UsageError(f"a distribution sums to 1; the target of example {row} sums to {total[row]:g}")

"""Examples as the visible units of a Boltzmann machine."""

from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.as_dataset import from_arrays
from gradatim.data.dataset import Dataset
from gradatim.data.examples import as_examples
from gradatim.nn.gaussian_rbm import GaussianRBM
from gradatim.nn.rbm import RBM


def rows_of(data: Any, rbm: RBM) -> Dataset:
    """A Dataset of rows (N, units), of numbers in [0, 1] unless the visible units are Gaussian.

    Raises UsageError naming the first number that cannot be, and its column.
    """
    alone = hasattr(data, "shape") and not isinstance(getattr(data, "layout", None), str)
    examples = from_arrays(data, classify=False) if alone else as_examples(data)
    if not isinstance(examples, Dataset):
        raise UsageError(f"a machine learns from rows in memory; these are {examples.layout}")
    x = examples.x.reshape(len(examples), -1)
    if x.shape[1] != rbm.visible:
        raise UsageError(f"the machine has {rbm.visible} visible units; a row here has {x.shape[1]} numbers")
    if isinstance(rbm, GaussianRBM):
        _refuse(
            ~np.isfinite(np.asarray(x)),
            x,
            "visible units are finite numbers",
            "fill it in, or leave out the row",
        )
    else:
        check_unit_interval(x)
    if rbm.classes:
        _check_one_hot(np.asarray(x[:, -rbm.classes :]))
    return replace(examples, x=x)


def check_unit_interval(x: Any) -> None:
    """Raise UsageError for the first number outside [0, 1], naming its column and how to scale it."""
    outside = ~((x >= 0) & (x <= 1))
    if not outside.any():
        return
    column = np.asarray(x)[:, int(outside.argmax()) % x.shape[1]]
    low, high = column.min(), column.max()
    if np.isnan(low):
        advice = "fill it in, or leave out the row"
    elif low == high:
        advice = "leave the column out, which is always the same"
    else:
        less = f"(x − {low:g})" if low else "x"
        advice = (
            f"scale the rows, this column as {less}/{high - low:g}, compare them with a threshold, or take "
            "Gaussian visible units"
        )
    _refuse(outside, x, "visible units are numbers from 0 to 1", advice)


def _refuse(wrong: np.ndarray, x: Any, are: str, advice: str) -> None:
    if wrong.any():
        row, unit = (int(i) for i in divmod(int(wrong.argmax()), x.shape[1]))
        raise UsageError(f"{are}; example {row} holds {x[row, unit]:g} at {unit}: {advice}")


def _check_one_hot(labels: np.ndarray) -> None:
    """The units of a softmax group: one of them 1 in every row."""
    wrong = (labels.sum(1) != 1) | ~np.isin(labels, (0, 1)).all(1)
    if wrong.any():
        raise UsageError(
            f"the last {labels.shape[1]} units are one label in one-hot form; those of example "
            f"{int(wrong.argmax())} are not"
        )

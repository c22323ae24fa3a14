"""Targets as class numbers."""

from dataclasses import replace

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset


def encode(y: np.ndarray, where: str = "the target") -> tuple[np.ndarray, tuple]:
    """Class numbers (N,) and the classes they count through, sorted.

    Whole numbers, booleans and texts are classes. Raises UsageError for missing values, for fractions, and for a
    target in which nearly every example would be a class of its own.

    >>> encode(np.array(["no", "yes", "no"]))
    (array([0, 1, 0]), ('no', 'yes'))
    """
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise UsageError(f"{where} must hold one label an example; its shape is {y.shape}")
    if y.dtype.kind == "f":
        missing = ~np.isfinite(y)
        if missing.any():
            raise UsageError(f"{where} holds {y[missing][0]} at example {int(missing.argmax())}")
        if (y != np.round(y)).any():
            raise UsageError(
                f"{where} holds fractions such as {y[y != np.round(y)][0]:g}; this version learns classes: "
                "whole numbers, booleans or texts"
            )
        y = y.astype(np.int64)
    if y.dtype.kind == "O":
        bad = [i for i, value in enumerate(y) if not isinstance(value, str | bool | int | np.integer | np.bool_)]
        if bad:
            raise UsageError(f"{where} holds {y[bad[0]]!r} at example {bad[0]}; labels are texts or whole numbers")
        if len({isinstance(value, str) for value in y}) > 1:
            y = np.array([str(value) for value in y])
    if y.dtype.kind not in "biuOUST":
        raise UsageError(f"{where} has type {y.dtype}; labels are whole numbers, booleans or texts")
    found, numbers = np.unique(y.astype(str) if y.dtype.kind in "ST" else y, return_inverse=True)
    if len(found) > max(50, len(y) // 2):
        raise UsageError(f"{where} has {len(found)} distinct values in {len(y)} examples; this version learns classes")
    return numbers.astype(np.int64), tuple(value.item() if hasattr(value, "item") else value for value in found)


def recode(data: Dataset, classes: tuple) -> Dataset:
    """The same examples with targets counted through the classes of a network; UsageError for a label it lacks."""
    if data.y is None or data.classes == classes:
        return data
    place = {str(name): number for number, name in enumerate(classes)}
    for name in data.classes:
        if str(name) not in place:
            raise UsageError(f"{data.name} holds the label {name!r}, which the network does not know")
    numbers = np.array([place[str(name)] for name in data.classes], dtype=np.int64)
    return replace(data, y=numbers[data.y], classes=classes)


def balanced(y: np.ndarray, classes: int) -> np.ndarray:
    """The "balanced" weight of each class, N/(K · N_c): every class then weighs the same in the loss.

    >>> balanced(np.array([0, 0, 0, 1]), 2)
    array([0.66666667, 2.        ])
    """
    return len(y) / (classes * np.maximum(np.bincount(y, minlength=classes), 1))

"""Targets as class numbers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean, one_of
from gradatim.data.dataset import Dataset
from gradatim.data.shares import check_shares
from gradatim.functional.void import VOID, known_pixels

WHOLE = 2**53  # from here on not every whole number is a float


def encode(y: np.ndarray, where: str = "the target") -> tuple[np.ndarray, tuple]:
    """Class numbers (N,) and the classes they count through, sorted.

    Whole numbers, booleans and texts are classes. Raises UsageError for missing values and fractions.

    >>> encode(np.array(["no", "yes", "no"]))
    (array([0, 1, 0]), ('no', 'yes'))
    """
    y = np.asarray(y)
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        raise UsageError(f"{where} must hold one label an example; its shape is {y.shape}")
    if y.dtype.kind == "f":
        check_finite(y, where)
        strange = (y != np.round(y)) | (np.abs(y) >= WHOLE)
        if strange.any():
            first = int(strange.argmax())
            raise UsageError(
                f"{where} holds {y[first]:g} at example {first}; classes are whole numbers, booleans or texts"
            )
        y = y.astype(np.int64)
    if y.dtype.kind in "OT":
        y = y.astype(object)
        for i, value in enumerate(y):
            if not isinstance(value, str | bool | int | np.integer | np.bool_):
                raise UsageError(f"{where} holds {value!r} at example {i}; labels are texts or whole numbers")
        types = _types_of(y)
        if len(types) > 1:
            y = np.array([str(value) for value in y]) if "texts" in types else y.astype(np.int64)
    if y.dtype.kind not in "biuOUS":
        raise UsageError(f"{where} has type {y.dtype}; labels are whole numbers, booleans or texts")
    found, numbers = np.unique(_decoded(y, where) if y.dtype.kind == "S" else y, return_inverse=True)
    names = tuple(value.item() if hasattr(value, "item") else value for value in found)
    return numbers.astype(np.int64), names


def types_notice(y: Any) -> str:
    """What to know of a target whose labels are of several types, and so are made alike; nothing for others.

    >>> types_notice(np.array([1, "1", True], object))
    'the target holds booleans, numbers and texts, all taken as texts'
    """
    types = _types_of(np.asarray(y))
    if len(types) < 2:
        return ""
    taken = "texts" if "texts" in types else "numbers"
    return f"the target holds {', '.join(types[:-1])} and {types[-1]}, all taken as {taken}"


def _types_of(y: np.ndarray) -> list[str]:
    """The types of the values of objects, sorted."""
    if y.dtype.kind not in "OT":
        return []
    kinds = set(map(type, y.ravel().tolist()))
    truths = (bool, np.bool_)
    names = (
        "texts" if issubclass(kind, str) else "booleans" if issubclass(kind, truths) else "numbers"
        for kind in kinds
    )  # fmt: skip
    return sorted(set(names))


def task_of_array(y: np.ndarray) -> str:
    """The task that a target in memory suggests.

    Texts, booleans and whole numbers are classes; fractions are numbers; of several columns, zeros and ones
    are labels and anything else numbers; whole numbers of three axes are masks.

    >>> task_of_array(np.array([0.5, 1.0])), task_of_array(np.array([[0, 1], [1, 1]]))
    ('regression', 'multilabel')
    """
    y = np.asarray(y)
    numeric = y.dtype.kind in "buif"
    if y.ndim == 2 and y.shape[1] > 1 and numeric:
        return "multilabel" if ((y == 0) | (y == 1)).all() else "regression"
    if y.dtype.kind == "f" and np.isfinite(y).all() and (y != np.round(y)).any():
        return "regression"
    if y.ndim == 3 and numeric:
        return "segmentation"
    return "classification"


def classes_of_array(y: np.ndarray, task: str) -> tuple[np.ndarray, tuple]:
    """The target of a task as a network's problem holds it, and the classes where it has some.

    Raises UsageError for a target that is not of this task.
    """
    return OF_TASK[one_of("task", task, OF_TASK)](y)


def _numbers(y: np.ndarray) -> tuple[np.ndarray, tuple]:
    y = _finite_numbers(y, "regression")
    y = y[:, 0] if y.ndim == 2 and y.shape[1] == 1 else y
    if y.ndim > 2:
        raise UsageError(f"regression needs targets (N,) or (N, T); their shape is {y.shape}")
    return y.astype(np.float64), ()


def _labels(y: np.ndarray) -> tuple[np.ndarray, tuple]:
    y = _finite_numbers(y, "multilabel")
    if y.ndim != 2:
        raise UsageError(f"multilabel needs targets (N, K) of 0 and 1; their shape is {y.shape}")
    if len(strange := np.argwhere((y != 0) & (y != 1))):
        held = f"example {strange[0, 0]} holds {y[tuple(strange[0])]:g}"
        raise UsageError(f"multilabel needs targets (N, K) of 0 and 1; {held}")
    return y.astype(np.int64), ()


def _finite_numbers(y: np.ndarray, task: str) -> np.ndarray:
    y = np.asarray(y)
    if y.dtype.kind not in "buif":
        raise UsageError(f"the task {task} needs numbers as targets; they are {y.dtype}")
    check_finite(y)
    return y


def _shares(y: np.ndarray) -> tuple[np.ndarray, tuple]:
    y = _finite_numbers(y, "distribution").astype(np.float64)
    check_shares(y)
    return y, ()


def _masks(y: np.ndarray) -> tuple[np.ndarray, tuple]:
    from gradatim.data.masks import masks_as_classes

    return masks_as_classes(y)


Reader = Callable[[np.ndarray], tuple[np.ndarray, tuple]]
OF_TASK: dict[str, Reader] = {  # of an array of targets
    "classification": encode, "multilabel": _labels, "regression": _numbers, "segmentation": _masks,
    "distribution": _shares,
}  # fmt: skip


def check_finite(y: np.ndarray, where: str = "the target") -> None:
    """Raise UsageError naming the first number that is missing or infinite."""
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        place = tuple(np.argwhere(~np.isfinite(y))[0])
        raise UsageError(f"{where} holds {y[place]} at example {place[0]}")


def _decoded(y: np.ndarray, where: str) -> np.ndarray:
    try:
        return np.strings.decode(y, "utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{where} holds bytes that are not UTF-8 text: {error.object!r}") from error


def recode(data: Dataset, classes: tuple) -> Dataset:
    """The same examples, their targets counted through a network's classes; UsageError for a label it lacks.

    Targets without names of their own are numbers of these classes already.
    """
    if data.y is None or data.classes == classes:
        return data
    if not data.classes:
        known = data.y[known_pixels(data.y)] if data.y.ndim == 3 else data.y
        if data.y.dtype.kind not in "bui" or not ((known >= 0) & (known < len(classes))).all():
            raise UsageError(f"{data.name} holds targets that are not class numbers 0 … {len(classes) - 1}")
        return replace(data, classes=classes)
    return replace(data, y=numbers_of_classes(data.y, data.classes, classes, data.name), classes=classes)


def numbers_of_classes(y: np.ndarray, names: tuple, classes: tuple, where: str) -> np.ndarray:
    """Class numbers y that count through `names`, counted through a network's classes; UsageError for a label
    that it lacks.
    """
    place = {str(name): number for number, name in enumerate(classes)}
    for name in names:
        if str(name) not in place:
            meant = did_you_mean(str(name), map(str, classes))
            raise UsageError(f"{where} holds the label {name!r}, which the network does not know; {meant}")
    numbers = np.array([place[str(name)] for name in names], dtype=np.int64)
    if y.ndim < 3:
        return numbers[y]
    return np.append(numbers, VOID)[np.where(known_pixels(y), y, len(numbers))]


def balanced_weights(y: np.ndarray, classes: int) -> np.ndarray:
    """The "balanced" weight of each class, N/(K · N_c): every class then weighs the same in the loss.

    >>> balanced_weights(np.array([0, 0, 0, 1]), 2)
    array([0.66666667, 2.        ])
    """
    return len(y) / (classes * np.maximum(np.bincount(y, minlength=classes), 1))


def imbalance(counts: Sequence[int]) -> str:
    """What to know of classes of very different sizes, and what helps; nothing for others.

    >>> imbalance([10, 8])
    ''
    """
    most, least = max(counts), min(counts)
    if most <= 3 * least:
        return ""
    how = "--class-weight balanced makes them weigh the same"
    if len(counts) == 2:
        how = "--class-weight balanced or --threshold f1 makes up for it"
    if not least:
        return f"the smallest class has no example; {how}"
    return f"the largest class has {most / least:.3g} times the examples of the smallest; {how}"

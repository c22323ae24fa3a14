"""The classes of a target: their numbers, their order, and the same through the classes of a network."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, did_you_mean
from gradatim.data.tables.table import Column, format_value

MOST_CLASSES = 1000


def classes_of(name: str, column: Column) -> tuple[np.ndarray, tuple]:
    """Class numbers (N,), and the classes: texts by alphabet, numbers by size, ordered categories as such.

    They are of the type that the labels have. Raises UsageError for too many of them.
    """
    if column.kind == "text":
        names: tuple = column.labels or column.texts
        order = np.unique(column.values).tolist()
        if column.declared != "ordered":
            order.sort(key=lambda i: names[i])
        through = np.full(len(names), -1)
        through[order] = np.arange(len(order))
        y, classes = through[column.values], tuple(names[i] for i in order)
    else:
        found, y = np.unique(column.values, return_inverse=True)
        whole = bool((found == np.floor(found)).all())
        classes = tuple(int(value) if whole else float(value) for value in found)
        if column.kind == "boolean":
            classes = tuple(bool(value) for value in found)
        elif column.kind != "number":
            classes = tuple(format_value(value, column.kind) for value in found)
    if len(classes) > MOST_CLASSES or (len(classes) > 50 and len(classes) > len(y) / 2):
        raise UsageError(
            f"the target {name!r} has {len(classes):,} different values in {len(y):,} rows: too many to be "
            "classes; if it is a number, ask for --task regression"
        )
    return y.astype(np.int64), classes


def classes_like(y: np.ndarray, labels: tuple, classes: tuple, where: str) -> np.ndarray:
    """Class numbers (N,) of these labels through other classes; UsageError for a label not among them."""
    truths = all(isinstance(name, bool) for name in classes)
    place = {_text(name, truths): number for number, name in enumerate(classes)}
    for name in labels:
        if _text(name, truths) not in place:
            meant = did_you_mean(str(name), map(str, classes))
            raise UsageError(f"{where} holds the label {name!r}, which the network does not know; {meant}")
    return np.array([place[_text(name, truths)] for name in labels], dtype=np.int64)[y]


def _text(name: Any, truths: bool) -> str:
    """A class as a text; true and false as texts of lower case, as which they may stand in a file, too."""
    return str(name).lower() if truths or isinstance(name, bool) else str(name)


def odd_classes(y: np.ndarray, classes: tuple) -> list[str]:
    """Notices of classes whose names are nearly the same, and of those with a single example."""
    found: dict[str, list[str]] = {}
    for name in classes:
        found.setdefault("".join(str(name).casefold().split()), []).append(repr(name))
    alike = [" and ".join(names) for names in found.values() if len(names) > 1]
    alone = [repr(classes[k]) for k in np.flatnonzero(np.bincount(y, minlength=len(classes)) == 1)]
    return [
        *([f"classes that differ only in case or spaces: {_listed(alike)}"] if alike else []),
        *([f"classes with a single example, which is kept for training: {_listed(alone)}"] if alone else []),
    ]


def _listed(names: list[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")

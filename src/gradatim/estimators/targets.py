"""Targets of classes as numbers, checked in scikit-learn's words."""

from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets, type_of_target, unique_labels


def classes_in(y: np.ndarray) -> np.ndarray:
    """The classes of these targets, sorted; ValueError when they are none, or fewer than two."""
    check_classification_targets(y)
    if type_of_target(y) == "multiclass-multioutput":
        raise ValueError("Several outputs of several classes each are not supported; labels of 0 and 1 are.")
    classes = unique_labels(y)
    if y.ndim == 1:
        at_least_two(classes)
    return classes


def at_least_two(classes: Any) -> None:
    """Raise ValueError for fewer than two classes."""
    if len(classes) < 2:
        raise ValueError(
            f"This solver needs samples of at least 2 classes in the data, but the data contains only "
            f"{len(classes)} class: {classes}"
        )


def numbers(y: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Class numbers (N,); ValueError for a class that is not among them."""
    unknown = np.setdiff1d(y, classes)
    if len(unknown):
        raise ValueError(
            f"`y` has classes not in `self.classes_`. `self.classes_` has {classes}. 'y' has {unknown}."
        )
    return np.searchsorted(classes, y).astype(np.int64)

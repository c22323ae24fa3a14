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
        classes = classes.astype(y.dtype)  # of objects it makes texts of NumPy's
        at_least_two(classes)
    return classes


def at_least_two(classes: Any) -> None:
    """Raise ValueError for fewer than two classes."""
    if len(classes) < 2:
        raise ValueError(
            f"This solver needs samples of at least 2 classes in the data, but the data contains only "
            f"{len(classes)} class: {classes}"
        )


def classes_of_all_calls(estimator: Any, classes: Any, first: bool) -> np.ndarray:
    """The classes of every call of partial_fit; ValueError where the first names none, or a later one others.

    What is there already is `estimator.classes_`; nothing is stored, so that a call that fails leaves none.
    """
    if first and classes is None:
        raise ValueError("classes must be passed on the first call to partial_fit.")
    if first:
        return unique_labels(classes).astype(np.asarray(classes).dtype)
    if classes is not None and set(unique_labels(classes).tolist()) != set(estimator.classes_.tolist()):
        raise ValueError(
            f"`classes={classes}` is not the same as on last call to partial_fit, was: {estimator.classes_}"
        )
    return estimator.classes_


def check_targets(y: np.ndarray, classes: np.ndarray, in_columns: bool) -> None:
    """Raise ValueError for targets of another kind than the network answers, or of other classes."""
    if not in_columns and y.ndim == 1:
        numbers(y, classes)
    elif in_columns is not (y.ndim == 2):
        kinds = ("one class a row", "0 and 1 in columns")
        raise ValueError(f"y has {kinds[not in_columns]}, but what is learned has {kinds[in_columns]}")
    elif y.shape[1] != len(classes):
        raise ValueError(f"y has {y.shape[1]} columns of labels, but the classes are {len(classes)}")


def numbers(y: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Class numbers (N,); ValueError for a class that is not among them, such as the number 1 for "1"."""
    known = set(classes.tolist())
    unknown = np.array([label for label in np.unique(y).tolist() if label not in known])
    if len(unknown):
        raise ValueError(
            f"`y` has classes not in `self.classes_`. `self.classes_` has {classes}. 'y' has {unknown}."
        )
    return np.searchsorted(classes, y).astype(np.int64)

"""Classes' weights as the rows', each label looked up as what it is."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, real


def weights_of_rows(class_weight: Any, y: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Every row's weight (N,) in float64, by its class; of labels in columns, the product over these.

        balanced: w_k = N/(K N_k),   N_k of N rows in class k, K classes in y

    `class_weight` is "balanced" or a dict by label, in which a class that is not named has the weight 1; of
    labels in columns, "balanced" or a list of dicts. scikit-learn's helper would look up "1" as 1.

    Raises ValueError for a name that is no class where a class has no name, UsageError for a weight below 0.

    >>> weights_of_rows({"1": 5.0}, np.array(["1", "2"]), np.array(["1", "2"])).tolist()
    [5.0, 1.0]
    """
    if y.ndim == 1:
        return _of_column(class_weight, y, classes)
    if isinstance(class_weight, dict):
        raise ValueError(
            "For multi-output, class_weight should be a list of dicts, or the string 'balanced'."
        )
    if isinstance(class_weight, list | tuple) and len(class_weight) != y.shape[1]:
        raise ValueError(
            "For multi-output, number of elements in class_weight should match number of outputs. Got "
            f"{len(class_weight)} element(s) while having {y.shape[1]} outputs."
        )
    each = class_weight if isinstance(class_weight, list | tuple) else [class_weight] * y.shape[1]
    columns = zip(each, y.T, strict=True)
    return np.prod([_of_column(one, column, np.array([0, 1])) for one, column in columns], axis=0)


def _of_column(class_weight: Any, y: np.ndarray, classes: np.ndarray) -> np.ndarray:
    labels, number, count = np.unique(y, return_inverse=True, return_counts=True)
    if isinstance(class_weight, dict):
        by_label = _checked(class_weight, classes.tolist())
        weight = np.array([by_label.get(label, 1.0) for label in labels.tolist()])
    elif isinstance(class_weight, str) and class_weight == "balanced":
        weight = len(y) / (len(labels) * count)
    else:
        raise UsageError(f"class_weight must be 'balanced' or a dict by label; it is {class_weight!r}")
    return weight[number.reshape(y.shape)]


def _checked(class_weight: dict[Any, Any], classes: list[Any]) -> dict[Any, float]:
    """The weights as numbers; ValueError where a class has none and a name is no class: they are the same."""
    unknown = [label for label in class_weight if label not in classes]
    missing = [label for label in classes if label not in class_weight]
    if unknown and missing:
        raise ValueError(
            f"class_weight names {', '.join(map(repr, unknown))}, which is no class of y; the classes "
            f"without a weight are {', '.join(map(repr, missing))}"
        )
    return {label: real(f"class_weight of {label!r}", w, at_least=0) for label, w in class_weight.items()}

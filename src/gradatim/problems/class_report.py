"""Precision, recall and F1 of each class, and their averages (curriculum B20): scikit-learn's report."""

from typing import Any, NamedTuple

import numpy as np

from gradatim.problems.evidence import ByClass

LEAST = 10  # classes that a network may have without a measure of its first answers
TOP = 5  # answers that are looked at of more


class Rates(NamedTuple):
    """Precision, recall and F1 of a class or of an average, and how many examples it is over."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int

    def as_dict(self) -> dict[str, Any]:
        """The rates for JSON."""
        return self._asdict()


def class_rates(found: ByClass) -> list[Rates]:
    """A row for each class.

        precision = TP/(TP + FP),   recall = TP/(TP + FN),   F1 = 2TP/(2TP + FP + FN);   0 where 0/0

    A class that no example has and no answer says is left out, a label is not.

    >>> class_rates(ByClass(np.array([3, 1]), np.array([4, 2]), np.array([4, 2]), ("no", "yes")))[0].recall
    0.75
    """
    rows = _rates(found.right, found.answered, found.support)
    there = (found.support > 0) | (found.answered > 0) | found.several
    return [
        _row(str(name), row, n)
        for name, row, n, shown in zip(found.names, rows, found.support, there, strict=True)
        if shown
    ]


def average_rates(found: ByClass) -> list[Rates]:
    """`macro`, the mean over the classes; `weighted`, by how many examples each has; of labels before them
    `micro`, that of all answers put together.
    """
    rows = class_rates(found)
    each, support = np.array([row[1:4] for row in rows]), np.array([row.support for row in rows])
    total = int(support.sum())
    weighted = support @ each / total if total else np.zeros(3)
    made = [
        _row("macro", each.mean(0), total),
        _row("weighted", weighted, total),
    ]
    if not found.several:
        return made
    sums = [np.array([part.sum()]) for part in (found.right, found.answered, found.support)]
    return [_row("micro", _rates(*sums)[0], total), *made]


def class_report(found: ByClass) -> dict[str, Any]:
    """The rows and the averages for JSON: {"by_class": [{"name": …, "precision": …}, …], "averages": […]}."""
    return {
        "by_class": [row.as_dict() for row in class_rates(found)],
        "averages": [row.as_dict() for row in average_rates(found)],
    }


def accuracy_of_parts(right: np.ndarray, parts: dict[str, np.ndarray]) -> dict[str, float]:
    """The share of right answers, (N,) booleans, in each part, `parts` its members (N,); an empty one has
    none.

    >>> accuracy_of_parts(np.array([True, False]), {"long": np.array([True, True])})
    {'long_accuracy': 0.5}
    """
    return {f"{name}_accuracy": float(right[part].mean()) for name, part in parts.items() if part.any()}


def top_k_accuracy(p: np.ndarray, y: np.ndarray, k: int = TOP) -> float:
    """The share of examples whose class is among the k with the highest scores.

    Shapes: p (N, K) scores, y (N,) class numbers. Of equal scores the last class comes first, as in
    scikit-learn.

    >>> top_k_accuracy(np.array([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]]), np.array([1, 2]), k=2)
    0.5
    """
    own = np.take_along_axis(p, y[:, None], 1)
    before = (p > own) | ((p == own) & (np.arange(p.shape[1]) > y[:, None]))
    return float((before.sum(1) < k).mean())


def _row(name: str, rates: np.ndarray, support: int) -> Rates:
    precision, recall, f1 = rates.tolist()
    return Rates(name, precision, recall, f1, int(support))


def _rates(right: np.ndarray, answered: np.ndarray, support: np.ndarray) -> np.ndarray:
    """(K, 3) precision, recall and F1."""
    over = [(right, answered), (right, support), (2 * right, answered + support)]
    return np.stack([a / np.maximum(b, 1) for a, b in over], 1)

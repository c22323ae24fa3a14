"""From which probability on the second of two classes is decided for (curriculum B20)."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, one_of
from gradatim.data.dataset import Dataset

MEASURES = ("accuracy", "f1", "balanced")


def check_threshold(by: str, data: Dataset | None, valid: object) -> None:
    """Raise UsageError unless a threshold can be chosen: two classes, and validation examples."""
    one_of("threshold", by, MEASURES)
    if data is None or len(data.classes) != 2:
        number = 0 if data is None else len(data.classes)
        raise UsageError(f"a threshold decides between two classes; the target has {number or 'none'}")
    if not isinstance(valid, Dataset) or valid.y is None or len(np.unique(valid.y)) < 2:
        raise UsageError("a threshold is chosen on validation examples of both classes; there are none")


def choose_threshold(p: np.ndarray, y: np.ndarray, by: str) -> dict[str, Any]:
    """The threshold with the best measure on these examples; of equals the one nearest to ½.

        accuracy (TP + TN)/N,   f1 2TP/(2TP + FP + FN),   balanced ½(TP/P + TN/(N − P))

    Shapes: p (N,) probabilities of class 1, y (N,) of 0 and 1, both there. Candidates lie in the middle
    between probabilities that follow each other, and below and above all.

    >>> choose_threshold(np.array([0.25, 0.5, 0.75]), np.array([0, 1, 1]), "accuracy")["value"]
    0.375
    """
    found, place = np.unique(p.astype(np.float64), return_inverse=True)
    ones = np.bincount(place, y, len(found))
    zeros = np.bincount(place, 1 - y, len(found))
    above = max((1 + found[-1]) / 2, np.nextafter(found[-1], 2))
    edges = np.concatenate([[found[0] / 2], (found[1:] + found[:-1]) / 2, [above]])
    below_one = np.concatenate([[0.0], np.cumsum(ones)])  # of class 1, below each edge: missed
    below_zero = np.concatenate([[0.0], np.cumsum(zeros)])  # of class 0, below each edge: right
    positives, negatives = ones.sum(), zeros.sum()
    hit, false = positives - below_one, negatives - below_zero
    score = {
        "accuracy": (hit + below_zero) / len(y),
        "f1": 2 * hit / (positives + hit + false),
        "balanced": (hit / positives + below_zero / negatives) / 2,
    }[by]
    best = np.flatnonzero(score == score.max())
    at = best[np.abs(edges[best] - 0.5).argmin()]
    return {"by": by, "value": float(edges[at]), "valid": float(score[at])}


def decide(p: np.ndarray, threshold: float | None) -> np.ndarray:
    """The classes decided for, (N,), from probabilities (N, K): the likeliest, or by a threshold of two."""
    return p.argmax(1) if threshold is None else (p[:, 1] >= threshold).astype(np.int64)


def threshold_of(facts: dict[str, Any]) -> float | None:
    """The threshold among what a run knows of its network; None for the likeliest class."""
    found = facts.get("threshold")
    return None if found is None else float(found["value"])


def f1(decided: np.ndarray, y: np.ndarray) -> float:
    """F1 of class 1, 2TP/(2TP + FP + FN); 0 where it is neither there nor decided for."""
    return float(2 * (decided & y).sum() / max(int(decided.sum() + y.sum()), 1))

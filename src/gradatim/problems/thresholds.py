"""From which probability on the second of two classes is decided for (curriculum B20)."""

from typing import Any

import numpy as np

MEASURES = ("accuracy", "f1", "balanced")


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

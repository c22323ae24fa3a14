"""Measures of predictions (curriculum B20), in NumPy: scikit-learn's, without the second its import takes."""

import numpy as np


def area_under_curve(y: np.ndarray, score: np.ndarray) -> float:
    """The area under the ROC curve: the share of pairs of both classes that the score puts in order.

        AUC = (Σ_{y=1} rank − n₁(n₁ + 1)/2) / (n₁ n₀),   equal scores share their mean rank

    Shapes: y (N,) of 0 and 1, both there; score (N,).

    >>> area_under_curve(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    0.75
    """
    _, place, counts = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(counts) - (counts - 1) / 2)[place]
    n1 = int(y.sum())
    return float((rank[y == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * (len(y) - n1)))


def of_numbers(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """RMSE, MAE and R² of numbers, (N,) or (N, T); of several targets the means over them.

    RMSE = √(mean r²),  MAE = mean |r|,  R² = 1 − Σ r² / Σ (y − ȳ)²;  a constant y has R² 1 or 0
    """
    y, predicted = y.reshape(len(y), -1), predicted.reshape(len(y), -1)
    r = predicted - y
    squares, spread = (r**2).sum(0), ((y - y.mean(0)) ** 2).sum(0)
    constant = spread == 0
    r2 = np.where(constant, (squares == 0) * 1.0, 1 - squares / np.where(constant, 1.0, spread))
    rmse = np.sqrt(squares / len(y))
    return {"rmse": float(rmse.mean()), "mae": float(np.abs(r).mean()), "r2": float(r2.mean())}


def of_labels(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """The share of examples whose labels are all right, and the share of wrong labels; y (N, K)."""
    right = y == predicted
    return {"subset_accuracy": float(right.all(1).mean()), "hamming_loss": float(1 - right.mean())}

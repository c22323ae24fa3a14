"""Measures of predictions (curriculum B20), in NumPy: scikit-learn's, without the second its import takes."""

from math import fsum

import numpy as np

TINY = 1e-12  # the least probability in a loss
SQUARED = 1e150  # beyond it, a square has no number


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


def measures_of_classes(p: np.ndarray, y: np.ndarray, decided: np.ndarray) -> dict[str, float]:
    """Accuracy, balanced accuracy (the mean over classes of the share recognised), of two classes the AUC.

    Shapes: p (N, K) probabilities; y and decided (N,) class numbers.
    """
    right = decided == y
    recalls = [right[y == k].mean() for k in np.unique(y)]
    measures = {"accuracy": float(right.mean()), "balanced_accuracy": float(np.mean(recalls))}
    if p.shape[1] == 2 and len(recalls) == 2:
        measures["auc"] = area_under_curve(y, p[:, 1])
    return measures


def mean_log_loss(p: np.ndarray, y: np.ndarray) -> float:
    """The mean of −log p_y, of probabilities (N, K) that any model gave."""
    losses = -np.log(np.maximum(p[np.arange(len(y)), y], TINY))
    return fsum(losses) / len(losses)


def f1(decided: np.ndarray, y: np.ndarray) -> float:
    """F1 of class 1, 2TP/(2TP + FP + FN); 0 where it is neither there nor decided for."""
    return float(2 * (decided & y).sum() / max(int(decided.sum() + y.sum()), 1))


def measures_of_numbers(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """RMSE, MAE and R² of numbers, (N,) or (N, T); of several targets the means over them.

    RMSE = √(mean r²),  MAE = mean |r|,  R² = 1 − Σ r² / Σ (y − ȳ)²;  a constant y has R² 1 or 0
    """
    y, predicted = y.reshape(len(y), -1), predicted.reshape(len(y), -1)
    unit = float(max(np.abs(y).max(initial=0), np.abs(predicted).max(initial=0)))
    if SQUARED < unit < np.inf:
        found = measures_of_numbers(y / unit, predicted / unit)
        return {name: value if name == "r2" else value * unit for name, value in found.items()}
    r = predicted - y
    squares, spread = (r**2).sum(0), ((y - y.mean(0)) ** 2).sum(0)
    constant = spread == 0
    r2 = np.where(constant, (squares == 0) * 1.0, 1 - squares / np.where(constant, 1.0, spread))
    rmse = np.sqrt(squares / len(y))
    return {"rmse": float(rmse.mean()), "mae": float(np.abs(r).mean()), "r2": float(r2.mean())}


def measures_of_labels(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """The share of examples whose labels are all right, and the share of wrong labels; y (N, K)."""
    right = y == predicted
    return {"subset_accuracy": float(right.all(1).mean()), "hamming_loss": float(1 - right.mean())}


def intersection_over_union(counts: np.ndarray) -> np.ndarray:
    """IoU_k = TP/(TP + FP + FN) of each class (Jaccard 1901), NaN where it is neither there nor answered.

    Shapes: counts (K, K), rows true classes, columns answers.

    >>> intersection_over_union(np.array([[3, 1], [0, 4]])).tolist()
    [0.75, 0.8]
    """
    right = np.diag(counts)
    either = counts.sum(0) + counts.sum(1) - right
    return np.where(either > 0, right / np.maximum(either, 1), np.nan)


def confusion_counts(y: np.ndarray, decided: np.ndarray, classes: int) -> np.ndarray:
    """Counts (K, K): rows are true classes, columns decisions."""
    return np.bincount(y * classes + decided, minlength=classes * classes).reshape(classes, classes)

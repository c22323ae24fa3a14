"""How a score orders examples (curriculum B20): what ROC, precision–recall and lift curves are of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

MOST_POINTS, FEWEST = 1000, 100  # of a curve; more would not be seen
Curve = tuple[np.ndarray, np.ndarray]  # x (m,), y (m,)


@dataclass(frozen=True)
class Ranked:
    """Examples by falling score of one class, `name`: at each threshold (m,) how many that score at least as
    much are of the class, TP (m,), and how many are not, FP (m,); both areas are of all points.

    P positives and N negatives, both there.
    """

    name: str
    thresholds: np.ndarray
    tp: np.ndarray
    fp: np.ndarray
    positives: int
    negatives: int
    roc_auc: float
    average_precision: float

    @cached_property
    def roc(self) -> Curve:
        """The false positive rate FP/N, and the true positive rate TP/P, from (0, 0) on."""
        return _from_0(self.fp / self.negatives), _from_0(self.tp / self.positives)

    @cached_property
    def precision_recall(self) -> Curve:
        """Recall TP/P, and precision TP/(TP + FP), which is 1 where nothing is answered yet."""
        return _from_0(self.tp / self.positives), np.concatenate([[1.0], self.precision])

    @cached_property
    def gains(self) -> Curve:
        """The share of the examples taken, the highest scores first, and of the class the share found."""
        n = self.positives + self.negatives
        return _from_0((self.tp + self.fp) / n), _from_0(self.tp / self.positives)

    @property
    def precision(self) -> np.ndarray:
        """TP/(TP + FP) at each threshold."""
        return self.tp / (self.tp + self.fp)

    @property
    def recall(self) -> np.ndarray:
        """TP/P at each threshold."""
        return self.tp / self.positives

    @property
    def f1(self) -> np.ndarray:
        """2TP/(TP + FP + P) at each threshold."""
        return 2 * self.tp / (self.tp + self.fp + self.positives)

    def lift(self, share: float) -> float:
        """How many times more of the class are among that share of the examples than among all."""
        return float(np.interp(share, *self.gains)) / share


def ranked(score: np.ndarray, y: np.ndarray, name: str, most: int = MOST_POINTS) -> Ranked | None:
    """The ranking of examples by a score; None where all or none of them are of the class.

        AUC = Σ ½ (TPR_i + TPR_{i−1})(FPR_i − FPR_{i−1}),   AP = Σ (R_i − R_{i−1}) P_i

    Shapes: score (N,), y (N,) of 0 and 1. Of more points than `most`, so many evenly spaced ones are kept.

    >>> ranked(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1]), "yes").roc_auc
    0.75
    """
    positives = int(y.sum())
    negatives = len(y) - positives
    if not positives or not negatives:
        return None
    order = np.argsort(-score, kind="stable")
    score, y = score[order], y[order].astype(np.int64)
    last = np.flatnonzero(np.append(np.diff(score) != 0, True))  # of equal scores
    tp = np.cumsum(y)[last]
    fp = last + 1 - tp
    fpr, tpr = _from_0(fp / negatives), _from_0(tp / positives)
    area = float((np.diff(fpr) * (tpr[1:] + tpr[:-1])).sum() / 2)
    average = float((np.diff(tpr) * tp / (tp + fp)).sum())
    kept = np.unique(np.linspace(0, len(last) - 1, most).round().astype(int))
    thresholds = score[last][kept].astype(np.float64)
    return Ranked(name, thresholds, tp[kept], fp[kept], positives, negatives, area, average)


def rankings(scores: np.ndarray, y: np.ndarray, names: Sequence[object]) -> list[Ranked]:
    """The rankings by each column of scores (N, K), y (N, K) of 0 and 1; fewer points of each, the more there
    are. A column whose class all examples have, or none, is left out.
    """
    most = max(MOST_POINTS // max(len(names) // 5, 1), FEWEST)
    every = (ranked(scores[:, k], y[:, k], str(name), most) for k, name in enumerate(names))
    return [one for one in every if one is not None]


def _from_0(values: np.ndarray) -> np.ndarray:
    return np.concatenate([[0.0], values])

"""Which unit follows what, scored on text that it was not chosen on, and against chance (curriculum E15)."""

from typing import NamedTuple

import numpy as np

SHIFTED = 40  # labels that have nothing to do with the text, with which the search is repeated
FEWEST = 400  # steps of a text on which units are ranked
RARE = 8  # steps of each of a feature's two sides, in either half


class Followed(NamedTuple):
    """The unit that follows a feature best on the first half of a text, and how well it does on the second.

    `score` is the rank correlation (Spearman's), of a feature that is or is not |2 AUC − 1|, times its sign;
    `chance` the largest score that the same search over all units finds for shifted labels, `p` the share of
    searches, this one among them, that score as high.
    """

    feature: str
    unit: int
    score: float
    chance: float
    p: float


def best_units(values: np.ndarray, features: dict[str, np.ndarray], seed: int = 0) -> list[Followed]:
    """For each feature the best of all units, the best feature first.

    The unit is chosen by its score on the first half, and scored on the second. To search thousands of units
    finds something in noise, too: so the same search is made for `SHIFTED` copies of the feature, each moved
    along the text by a random number of steps, which leaves all of its own structure and breaks its relation
    to the text. Features that hardly change are left out.

    Shapes: values (T, C), one column a unit; features each (T,).

    >>> x = np.random.default_rng(0).standard_normal((600, 5))
    >>> [found.unit for found in best_units(x, {"sign": x[:, 3] > 0})]
    [3]
    """
    T = len(values)
    if T < FEWEST:
        return []
    first, second = _ranks(values[: T // 2]), _ranks(values[T // 2 :])
    shifts = np.random.default_rng(seed).integers(T // 10, T - T // 10, SHIFTED)
    found = []
    for name, feature in features.items():
        if not _varies(feature[: T // 2]) or not _varies(feature[T // 2 :]):
            continue
        labels = np.stack([feature, *(np.roll(feature, shift) for shift in shifts)], 1)
        units, scores = _search(first, second, labels)
        worth = np.abs(scores)
        p = float((worth >= worth[0]).mean())
        found.append(Followed(name, int(units[0]), float(scores[0]), float(worth[1:].max()), p))
    return sorted(found, key=lambda one: one.chance - abs(one.score))


def score_of(values: np.ndarray, feature: np.ndarray) -> np.ndarray:
    """The rank correlation of each column with a feature; of one of two values 2 AUC − 1.

    Shapes: values (T, C), feature (T,) → (C,).

    >>> score_of(np.array([[1.0], [2], [3], [4]]), np.array([0, 0, 1, 1])).tolist()
    [1.0]
    """
    return _scores(_ranks(values), feature[:, None])[:, 0]


def _search(first: np.ndarray, second: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of each label the unit that is best on the first half, and its score on the second with that sign."""
    half, each = len(first), np.arange(labels.shape[1])
    chosen = _scores(first, labels[:half])
    units = np.abs(chosen).argmax(0)
    scores = np.stack([_scores(second[:, [u]], labels[half:, [k]])[0, 0] for k, u in enumerate(units)])
    return units, scores * np.where(np.sign(scores) == np.sign(chosen[units, each]), 1, 0)


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks down each column, equal values sharing theirs, less their mean."""
    from scipy.stats import rankdata

    return (rankdata(values, axis=0) - (len(values) + 1) / 2).astype(np.float32)


def _scores(ranks: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """(C, L) of centred ranks (T, C) and labels (T, L)."""
    T = len(ranks)
    found = np.zeros((ranks.shape[1], labels.shape[1]))
    for k, label in enumerate(labels.T):
        ways = np.unique(label)
        if len(ways) < 2:
            continue
        if len(ways) == 2:
            yes = label == ways[1]
            n = int(yes.sum())
            found[:, k] = 2 * (ranks.T @ yes.astype(np.float32)) / n / (T - n)  # U = Σ ranks − n(n+1)/2
        else:
            other = _ranks(label[:, None])[:, 0]
            size = np.sqrt((ranks.astype(np.float64) ** 2).sum(0) * (other.astype(np.float64) ** 2).sum())
            found[:, k] = (ranks.T @ other) / np.maximum(size, 1e-12)
    return found


def _varies(feature: np.ndarray) -> bool:
    """Whether there is enough of either side of a feature to follow."""
    commonest = np.unique(feature, return_counts=True)[1].max()
    return len(feature) - commonest >= RARE

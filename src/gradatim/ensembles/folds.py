"""Which examples each fold holds out."""

from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.random import permutation


def fold_of(
    n: int, folds: int, seed: int, classes: np.ndarray | None = None, groups: np.ndarray | None = None
) -> np.ndarray:
    """The fold (n,) in which each example is held out; sizes differ by one at most.

    Every class is dealt out evenly over the folds, drawn by seed. Examples of a group stay together, and then
    it is groups that are dealt out, the largest first.

    >>> np.bincount(fold_of(10, 3, seed=0)).tolist()
    [4, 3, 3]
    """
    order = permutation(seed, "folds", n)
    if groups is not None:
        names, of, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        place, filled = np.zeros(len(names), np.int64), np.zeros(folds)
        drawn = permutation(seed, "folds", len(names))
        for group in drawn[np.argsort(-sizes[drawn], kind="stable")]:
            place[group] = filled.argmin()
            filled[place[group]] += sizes[group]
        return place[of]
    if classes is not None:
        order = order[np.argsort(classes[order], kind="stable")]
    found = np.empty(n, np.int64)
    found[order] = np.arange(n) % folds
    return found


def joined(first: Dataset, second: Dataset) -> Dataset:
    """The examples of both, the first's first."""
    both: dict[str, Any] = {
        name: np.concatenate([getattr(first, name), getattr(second, name)])
        for name in ("x", "y", "weights", "groups", "times")
        if getattr(first, name) is not None and getattr(second, name) is not None
    }
    return replace(first, **both, files=(), row_labels=None)

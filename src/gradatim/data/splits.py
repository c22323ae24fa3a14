"""Training, validation and test examples.

The test split is the publisher's if there is one, otherwise a stratified 20 % chosen by the data's
fingerprint, not by a run's seed; validation is the publisher's too, or a stratified 10 % of the rest. Numbers
as targets are stratified by deciles. Examples with groups are divided by whole groups, those with times so
that the test is later than validation, and that than training. Where each belongs to a task, every task has
its share of each part, one example at least.
"""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError, real
from gradatim.data.dataset import Dataset
from gradatim.data.tables.inputs import narrow_categories, recode
from gradatim.random import permutation

TEST_SHARE = 0.2
FEW = 10  # rows with the same set of labels
DECILES = np.arange(1, 10) / 10


class Splits(NamedTuple):
    """Three parts without a common example; one that was not asked for is None."""

    train: Any
    valid: Any
    test: Any

    def sizes(self) -> dict[str, int]:
        """How many examples each has; nothing of batches, which nobody has counted."""
        if self.train.shape is None:
            return {}
        return {name: len(part) if part is not None else 0 for name, part in self._asdict().items()}


def split(dataset: Dataset, valid: float = 0.1, test: float | bool = TEST_SHARE, number: int = 0) -> Splits:
    """Split by the house's rule; `number` 0 is every run's split, others show how much luck is in it.

    `test` is the share for the test part, True the usual fifth; with 0 there is none, and a publisher's test
    examples stay out of the others all the same.
    The categories of a table are those that the training part holds: others are unknown in every part.
    Raises UsageError for a share outside [0, 1), or when no example is left to train on.

    >>> from gradatim.data.digits import digits
    >>> split(digits()).sizes()
    {'train': 1294, 'valid': 144, 'test': 359}
    """
    valid = real("valid", valid, at_least=0, below=1)
    test = TEST_SHARE if test is True else real("test", float(test), at_least=0, below=1)
    rows = np.arange(len(dataset))
    held = np.zeros(len(dataset), dtype=bool)
    if dataset.official_test is not None:
        held = dataset.official_test.astype(bool)
    elif test:
        held[_share(dataset, rows, test, f"test {number}")] = True
    rest = rows[~held]
    chosen = np.zeros(len(dataset), dtype=bool)
    if valid and dataset.official_valid is not None:
        chosen = dataset.official_valid & ~held
    elif valid:
        chosen[_share(dataset, rest, valid, f"valid {number}")] = True
    train = rest[~chosen[rest]]
    if not len(train):
        raise UsageError(f"{len(dataset)} examples are too few to split: none is left to train on")
    parts = Splits(
        dataset.take(train),
        dataset.take(rows[chosen]) if chosen.any() else None,
        dataset.take(rows[held]) if test and held.any() else None,
    )
    return _of_training(parts) if dataset.columns else parts


def _of_training(parts: Splits) -> Splits:
    """The parts with the categories of the training part, which alone may decide how examples are coded."""
    columns = narrow_categories(parts.train.x, parts.train.columns)
    coded = (  # the parts' inputs are copies of their own
        part and replace(part, x=recode(part.x, part.columns, columns, in_place=True), columns=columns)
        for part in parts
    )
    return Splits(*coded)


def _share(dataset: Dataset, rows: np.ndarray, share: float, purpose: str) -> np.ndarray:
    """A share of these rows: the latest, whole groups, or each class giving its part, by the fingerprint."""
    if dataset.times is not None:
        return _latest(dataset.times, rows, share)
    order = rows[permutation(int(dataset.fingerprint[:15], 16), purpose, len(rows))]
    if dataset.groups is not None:
        return _whole_groups(dataset.groups, order, share)
    if getattr(dataset, "row_tasks", None) is not None:
        return _of_each_task(dataset, order, share)
    labels = _strata(dataset)[order]
    quota = _largest_remainder(np.bincount(labels), round(share * len(rows)))
    return _first_of_each(order, labels, quota)


def _first_of_each(order: np.ndarray, labels: np.ndarray, quota: np.ndarray) -> np.ndarray:
    """So many of each class, in the drawn order; sorted."""
    counts = np.bincount(labels, minlength=len(quota))
    # The rank of each row among those of its class, in the drawn order
    by_class = np.argsort(labels, kind="stable")
    rank = np.empty(len(order), dtype=int)
    rank[by_class] = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(order[rank < quota[labels]])


def _of_each_task(dataset: Dataset, order: np.ndarray, share: float) -> np.ndarray:
    """A share of each task, one row at least where it has two; of classes, of each class of a task."""
    assert dataset.row_tasks is not None and dataset.y is not None
    tasks = dataset.row_tasks[order]
    counts = np.bincount(tasks)
    quota = np.maximum(_largest_remainder(counts, round(share * len(order))), (counts > 1).astype(int))
    classes = len(dataset.tasks[0][1])
    if not classes or dataset.y.ndim != 2:
        return _first_of_each(order, tasks, quota)
    y = dataset.y[order, tasks].astype(np.int64)
    by_class = np.bincount(tasks * classes + y, minlength=len(quota) * classes).reshape(-1, classes)
    each = [_largest_remainder(n, seats) for n, seats in zip(by_class, quota, strict=True)]
    return _first_of_each(order, tasks * classes + y, np.concatenate(each))


def _strata(dataset: Dataset) -> np.ndarray:
    """What is divided evenly, (N,): classes, sets of labels, or tenths of the numbers in their order."""
    y = dataset.strata
    if y is None:
        return np.zeros(len(dataset), dtype=int)
    if dataset.classes and y.ndim == 1:
        return y
    if y.dtype.kind == "f":
        first = y if y.ndim == 1 else y[:, 0]
        missing = np.isnan(first)  # of several tasks
        first = np.where(missing, first[~missing].max(initial=0) + 1, first) if missing.any() else first
        return np.searchsorted(np.quantile(first, DECILES), first, side="right")
    _, place, counts = np.unique(y, axis=0, return_inverse=True, return_counts=True)
    place = place.reshape(-1)
    return np.where(counts[place] < FEW, 0, place + 1)  # the rare sets are one stratum


def _latest(times: np.ndarray, rows: np.ndarray, share: float) -> np.ndarray:
    """The last rows, in whole moments: about the share, all later than the others."""
    moments, counts = np.unique(times[rows], return_counts=True)
    later = len(rows) - np.cumsum(counts)  # rows after each moment
    last = int(np.abs(later - share * len(rows)).argmin())
    return rows[times[rows] > moments[last]]


def _whole_groups(groups: np.ndarray, order: np.ndarray, share: float) -> np.ndarray:
    """Whole groups in the drawn order, each taken when that brings the count nearer to the share."""
    _, first, place, counts = np.unique(
        groups[order], return_index=True, return_inverse=True, return_counts=True
    )
    wanted, taken = share * len(order), 0
    chosen = np.zeros(len(counts), dtype=bool)
    for group in np.argsort(first, kind="stable"):
        if abs(taken + counts[group] - wanted) < abs(taken - wanted) and taken + counts[group] < len(order):
            chosen[group] = True
            taken += counts[group]
    return np.sort(order[chosen[place]])


def _largest_remainder(counts: np.ndarray, seats: int) -> np.ndarray:
    """Seats in proportion to counts: the whole parts first, then the largest remainders (Hamilton's method).

    Those that a further seat would empty come last: a class of one example stays to be learned from.
    """
    exact = counts * (seats / max(counts.sum(), 1))
    quota = np.floor(exact).astype(int)
    by_remainder = np.lexsort((quota - exact, quota + 1 >= counts))
    quota[by_remainder[: seats - quota.sum()]] += 1
    return quota

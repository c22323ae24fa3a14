"""Training, validation and test examples.

The test split is the publisher's if there is one, otherwise a stratified 20 % chosen by the data's
fingerprint, not by a run's seed; validation is a stratified 10 % of the rest.
"""

from typing import NamedTuple

import numpy as np

from gradatim.checks import UsageError, real
from gradatim.data.dataset import Dataset
from gradatim.random import permutation

TEST_SHARE = 0.2


class Splits(NamedTuple):
    """Three data sets without a common row; a part that was not asked for is None."""

    train: Dataset
    valid: Dataset | None
    test: Dataset | None

    def sizes(self) -> dict[str, int]:
        """How many examples each has."""
        return {name: len(part) if part is not None else 0 for name, part in self._asdict().items()}


def split(dataset: Dataset, valid: float = 0.1, test: bool = True, number: int = 0) -> Splits:
    """Split by the house's rule; `number` 0 is every run's split, others show how much luck is in it.

    Without `test` there is no test part; a publisher's test examples stay out of the others all the same.
    Raises UsageError for a share outside [0, 1), or when no example is left to train on.

    >>> from gradatim.data.digits import digits
    >>> split(digits()).sizes()
    {'train': 1294, 'valid': 144, 'test': 359}
    """
    real("valid", valid, at_least=0, below=1)
    rows = np.arange(len(dataset))
    held = np.zeros(len(dataset), dtype=bool)
    if dataset.official_test is not None:
        held = dataset.official_test.astype(bool)
    elif test:
        held[_share(dataset, rows, TEST_SHARE, f"test {number}")] = True
    rest = rows[~held]
    chosen = np.zeros(len(dataset), dtype=bool)
    if valid:
        chosen[_share(dataset, rest, valid, f"valid {number}")] = True
    train = rest[~chosen[rest]]
    if not len(train):
        raise UsageError(f"{len(dataset)} examples are too few to split: none is left to train on")
    return Splits(
        dataset.take(train),
        dataset.take(rows[chosen]) if chosen.any() else None,
        dataset.take(rows[held]) if test and held.any() else None,
    )


def _share(dataset: Dataset, rows: np.ndarray, share: float, purpose: str) -> np.ndarray:
    """A share of these rows, each class giving its part of it, chosen by the fingerprint."""
    order = rows[permutation(int(dataset.fingerprint[:15], 16), purpose, len(rows))]
    has_classes = dataset.classes and dataset.y is not None
    labels = dataset.y[order] if has_classes else np.zeros(len(order), dtype=int)  # type: ignore[index]
    counts = np.bincount(labels)
    quota = _largest_remainder(counts, round(share * len(rows)))
    # The rank of each row among those of its class, in the drawn order
    by_class = np.argsort(labels, kind="stable")
    rank = np.empty(len(order), dtype=int)
    rank[by_class] = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(order[rank < quota[labels]])


def _largest_remainder(counts: np.ndarray, seats: int) -> np.ndarray:
    """Seats in proportion to counts: the whole parts first, then the largest remainders (Hamilton's method).

    Those that a further seat would empty come last: a class of one example stays to be learned from.
    """
    exact = counts * (seats / max(counts.sum(), 1))
    quota = np.floor(exact).astype(int)
    by_remainder = np.lexsort((quota - exact, quota + 1 >= counts))
    quota[by_remainder[: seats - quota.sum()]] += 1
    return quota

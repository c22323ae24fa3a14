"""What is taken for what: the confusion matrix as rows of a table, or the commonest confusions as a list."""

from dataclasses import dataclass

import numpy as np

MOST_CLASSES = 30  # a larger matrix cannot be read; its commonest confusions can
MOST_PAIRS = 20
FEW = 5  # examples of which a share says little: one that was found is no recall of 100 %


@dataclass(frozen=True)
class Cell:
    """A count, whether it is of right answers, and how dark it is drawn: the root of its share of the row."""

    count: int
    right: bool
    shade: float


@dataclass(frozen=True)
class Row:
    """A true class: what its examples were taken for, the share of them found (None if it has none), and how
    many they are.
    """

    name: str
    cells: list[Cell]
    recall: float | None
    total: int = 0

    @property
    def few(self) -> bool:
        """Whether they are so few that the share says little."""
        return 0 < self.total < FEW


@dataclass(frozen=True)
class Pair:
    """How often one class was taken for another, and the share of its examples that this is."""

    true: str
    predicted: str
    count: int
    share: float


def correct(confusion: np.ndarray) -> tuple[int, int]:
    """How many examples were classified correctly, of how many."""
    return int(np.trace(confusion)), int(confusion.sum())


def commonest(confusion: np.ndarray) -> float:
    """The accuracy of always guessing the class that most examples have.

    >>> commonest(np.array([[5, 1], [0, 3]]))
    0.6666666666666666
    """
    return float(confusion.sum(axis=1).max() / confusion.sum())


def names_of(confusion: np.ndarray, classes: tuple) -> list[str]:
    """The classes' names, or their numbers if there are no names."""
    size = len(confusion)
    return [str(name) for name in (classes if len(classes) == size else range(size))]


def table(confusion: np.ndarray, classes: tuple) -> list[Row]:
    """A row for each true class."""
    totals = confusion.sum(axis=1)
    rows = []
    for i, name in enumerate(names_of(confusion, classes)):
        shares = np.sqrt(confusion[i] / max(totals[i], 1))
        cells = [
            Cell(int(n), i == j, round(float(shade), 2))
            for j, (n, shade) in enumerate(zip(confusion[i], shares, strict=True))
        ]
        recall = float(confusion[i, i] / totals[i]) if totals[i] else None
        rows.append(Row(name, cells, recall, int(totals[i])))
    return rows


def precisions(confusion: np.ndarray) -> list[float | None]:
    """For each class, the share of its predictions that are right (None if it was never predicted)."""
    totals = confusion.sum(axis=0)
    return [
        float(right / total) if total else None
        for right, total in zip(np.diag(confusion), totals, strict=True)
    ]


def pairs(confusion: np.ndarray, classes: tuple, most: int = MOST_PAIRS) -> list[Pair]:
    """The commonest confusions, commonest first."""
    wrong = confusion - np.diag(np.diag(confusion))
    order = np.argsort(-wrong, axis=None, kind="stable")[:most]
    names, totals = names_of(confusion, classes), confusion.sum(axis=1)
    found = [divmod(int(place), len(confusion)) for place in order]
    return [
        Pair(names[i], names[j], int(wrong[i, j]), float(wrong[i, j] / totals[i]))
        for i, j in found
        if wrong[i, j] > 0
    ]

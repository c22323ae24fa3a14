"""Labels in sets, one set a cell, as in `red;blue`: each is a question of its own (curriculum B11)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.tables.table import Column

SEPARATORS = (";", "|", ",")  # looked for, the first wins between equals
MOST_LABELS = 1000
MOST_ANSWERS = 100_000_000  # rows times labels


@dataclass(frozen=True)
class Labels:
    """The labels that the sets of a column may hold, in alphabetical order, and what stands between them."""

    names: tuple[str, ...]
    separator: str

    def answers(self, column: Column) -> tuple[np.ndarray, int]:
        """Which labels every row has, (N, K) of 0 and 1, and how many labels are not among these.

        A cell that is empty or missing has none.
        """
        column, place = column.as_texts(), {name: k for k, name in enumerate(self.names)}
        sets = [parts(text, self.separator) for text in column.texts]
        table = np.zeros((len(sets) + 1, len(self.names)), dtype=np.int64)
        unknown = np.zeros(len(sets) + 1, dtype=np.int64)
        for row, names in enumerate(sets):
            found = [place[name] for name in names if name in place]
            table[row, found], unknown[row] = 1, len(names) - len(found)
        return table[column.values], int(unknown[column.values].sum())  # −1 finds the last row

    def written(self, answers: np.ndarray) -> list[str]:
        """Answers (N, K) as sets, in the form of the column's cells.

        >>> Labels(("blue", "red"), ";").written(np.array([[1, 1], [0, 0]]))
        ['blue;red', '']
        """
        return [self.separator.join(self.names[k] for k in np.flatnonzero(row)) for row in answers]


def parts(text: str, separator: str) -> list[str]:
    """The labels in a cell, each once.

    >>> parts("red; blue;red;", ";")
    ['red', 'blue']
    """
    return [name for name in dict.fromkeys(part.strip() for part in text.split(separator)) if name]


def find_labels(column: Column, name: str, separator: str = "") -> Labels:
    """The labels in a column, whose separator is seen from its cells unless it is given.

    Raises UsageError where no cell holds a separator, where there is no label, and for too many of them.
    """
    texts = column.as_texts().texts
    separator = separator or _separator(texts, name)
    found = sorted({label for text in texts for label in parts(text, separator)})
    if not found:
        raise UsageError(f"no cell of the target {name!r} holds a label")
    n, k = len(column), len(found)
    if k > MOST_LABELS or n * k > MOST_ANSWERS or (k > 50 and k > n / 2):
        raise UsageError(
            f"the sets in {name!r}, split at {separator!r}, hold {k:,} different labels in "
            f"{n:,} rows: too many to be learned"
        )
    return Labels(tuple(found), separator)


def _separator(texts: Sequence[str], name: str) -> str:
    counts = {mark: sum(mark in text for text in texts) for mark in SEPARATORS}
    best = max(counts, key=lambda mark: counts[mark])
    if not counts[best]:
        some = f"; {name!r} holds {texts[0]!r:.40}" if texts else ""
        raise UsageError(
            "the task multilabel needs several targets of yes and no, --target a,b,c, or one whose cells are "
            f"sets of labels with ; | or , between them{some}"
        )
    return best

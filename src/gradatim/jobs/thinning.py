"""The lines of a log: few enough epochs to be read, however many there are."""

from gradatim.training.record import Record

MOST = 20  # lines: the regular ones, the last and the best
BEGINNING = frozenset((1, 2, 3, 5))
REGULAR = 14


def epochs_to_show(epochs: int) -> frozenset[int]:
    """All epochs of few; of many some of the beginning, the last, and others at equal distances.

    >>> sorted(epochs_to_show(3)), len(epochs_to_show(1000)), sorted(epochs_to_show(1000))[:6]
    ([1, 2, 3], 17, [1, 2, 3, 5, 78, 155])
    """
    if epochs <= MOST:
        return frozenset(range(1, epochs + 1))
    return BEGINNING | frozenset(1 + round(i * (epochs - 1) / (REGULAR - 1)) for i in range(REGULAR))


class EpochLines:
    """Gives some epochs their line when they end, and remembers the last and the best one."""

    def __init__(self) -> None:
        self._last: Record | None = None
        self._best: Record | None = None  # on validation, the first of equals
        self._shown: set[tuple[str, int]] = set()  # of each stage

    def of(self, record: Record, epochs: int) -> str:
        """The line of an epoch that has just ended, of `epochs` in all; nothing where it has none."""
        self._last = record
        loss = record.valid.get("loss")
        if loss is not None and not record.stage and (self._best is None or loss < self._best.valid["loss"]):
            self._best = record
        if record.epoch not in epochs_to_show(epochs):
            return ""
        self._shown.add(_place(record))
        return str(record)

    def rest(self) -> list[str]:
        """The lines of the last epoch and of the best on validation, where they had none."""
        found = []
        if self._last is not None and _place(self._last) not in self._shown:
            self._shown.add(_place(self._last))
            found.append(str(self._last))
        if self._best is not None and _place(self._best) not in self._shown:
            self._shown.add(_place(self._best))
            found.append(f"lowest valid loss: {self._best}")
        return found


def _place(record: Record) -> tuple[str, int]:
    return record.stage, record.epoch

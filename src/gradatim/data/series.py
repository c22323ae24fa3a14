"""Series: sequences of numbers, each measured on one thing over time."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.dataset import Dataset
from gradatim.data.ragged import Ragged
from gradatim.data.splits import Splits
from gradatim.data.splits import split as split_rows
from gradatim.data.tables.inputs import Input, narrow_categories, recode
from gradatim.random import permutation

MOST_TO_VALIDATE = 2.5  # times the share that was asked for


@dataclass(frozen=True)
class SeriesFacts:
    """What is known of series beside their numbers.

    `features` names the numbers of a step, `inputs` the columns of a table that they are; `key` is the column
    that tells the series apart, `keys` (N,) what each is called there, `time` the column of their order.
    Series of one of the `groups` (N,) stand in one part; `official_test` (N,) says which are for the test.
    """

    features: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    key: str = ""
    keys: np.ndarray | None = None  # of texts
    time: str = ""
    times: tuple[str, ...] = field(default=(), repr=False)  # of every step, as they are written
    groups: np.ndarray | None = None
    official_test: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> "SeriesFacts":
        """Those of the series of these numbers, which are all of one part."""
        keys, groups = (None if one is None else one[rows] for one in (self.keys, self.groups))
        return SeriesFacts(self.features, self.inputs, self.key, keys, self.time, (), groups)


class Series(Ragged):
    """Sequences of D numbers a step, or of the columns of a table, with what is known of them: `about`.

    Of a table a missing value is NaN and a category its number, as `data.tables.inputs` has them.

    >>> found = Series([[[0.5], [1.5]], [[2.5]]], [1, 0])
    >>> found, found.form
    (Series('data', 2 series of 1 to 2 steps), 'series')
    """

    read_by: ClassVar[str] = "series"
    unit: ClassVar[str] = "series"
    encoder = "series"
    about = SeriesFacts()
    notices: tuple[str, ...] = ()

    @classmethod
    def of_steps(
        cls, values: np.ndarray, lengths: np.ndarray, y: np.ndarray | None, per_step: bool,
        about: SeriesFacts, name: str = "data",
    ) -> Self:  # fmt: skip
        """Series that stand one behind the other in values (S, D), which are checked already."""
        found = cls.empty(values.shape[1:], per_step)
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        return found.changed(values=values, offsets=offsets, y=y, about=about, name=name)

    def __repr__(self) -> str:
        found = self.lengths if len(self) else np.zeros(1, int)
        return f"Series({self.name!r}, {len(self)} series of {found.min()} to {found.max()} steps)"

    @property
    def form(self) -> str:
        """What recipes call such examples."""
        if self.per_step:
            return "series with an answer a step"
        return "series" if self.groups is None else "series of groups"

    @property
    def official_test(self) -> np.ndarray | None:  # type: ignore[override]
        """Which are for the test, (N,), where that is given."""
        return self.about.official_test

    @property
    def groups(self) -> np.ndarray | None:  # type: ignore[override]
        """The group of each, (N,), where there are some."""
        return self.about.groups

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the sequences' own, and of what is known of them."""
        digest = sha256(super().fingerprint.encode())
        one = self.about
        keys = None if one.keys is None else one.keys.tolist()
        digest.update(repr((one.features, one.inputs, keys)).encode(errors="backslashreplace"))
        for part in (one.groups, one.official_test):
            digest.update(b"" if part is None else np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

    def take(self, rows: np.ndarray) -> Self:
        """The series of these numbers, in their order."""
        return super().take(rows).changed(about=self.about.take(rows))

    def name_of(self, row: int) -> str:
        """What a series is called: by its key, or by its number."""
        keys = self.about.keys
        return f"series {row if keys is None else keys[row]}"

    def look_at(self, rows: Any, encoder: Any, most: int) -> list:
        """Each series, or the series of each step, as lines (L, D) of what the network sees, with its name
        and length.
        """
        rows = np.asarray(rows, int)
        owners = np.searchsorted(self.offsets, rows, "right") - 1 if self.per_step else rows
        found, names = [], tuple(map(str, encoder.names(self.about.features)))
        for row, i in zip(rows.tolist(), owners.tolist(), strict=True):
            values: dict[str, Any] = {"steps": int(self.lengths[i])}
            if self.per_step:
                values = {"step": row - int(self.offsets[i]), **values}
            lines = encoder.steps_of(self.take(np.array([i])), np.float64)
            found.append((None, values, self.name_of(i), None, lines, names))
        return found

    def divide(self, valid: float, test: float) -> Splits:
        """A share to test on and a share of the others to validate on, by the fingerprint: whole groups where
        there are some, one at least, but none to validate on that would cost training two and a half times
        the share; each class gives its part otherwise.

        The categories of a table are those that training holds. Raises UsageError for too few groups.
        """
        held = np.zeros(len(self), bool)
        if self.official_test is not None:
            held = self.official_test.astype(bool)
        if self.groups is None:
            parts = split_rows(self, valid, test)  # type: ignore[arg-type]
        else:
            rows = np.arange(len(self))
            if self.official_test is None and test:
                held = self._whole_groups(rows, test, "test", 2 + bool(valid))
            rest = rows[~held]
            chosen = np.zeros(len(self), bool)
            if valid:
                held_out = self._whole_groups(rest, valid, "valid", 2)
                chosen[rest[held_out]] = held_out.sum() <= MOST_TO_VALIDATE * valid * len(rest)
            parts = Splits(*(
                self.take(part) if len(part) else None
                for part in (rows[~held & ~chosen], rows[chosen], rows[held] if test else rows[:0])
            ))  # fmt: skip
        if parts.train is None:
            raise UsageError(f"{self.name} is for the test alone: there is nothing to learn from")
        return _of_training(parts) if self.about.inputs else parts

    def _whole_groups(self, rows: np.ndarray, share: float, part: str, fewest: int) -> np.ndarray:
        """Which of these rows (n,) are of the groups held out: as many, in an order drawn by the fingerprint,
        as come nearest to the share, one at least.
        """
        assert self.groups is not None
        groups = self.groups[rows]
        names = np.unique(groups)
        if len(names) < fewest:
            n = f"{len(names)} group{'s' * (len(names) != 1)}"
            raise UsageError(
                f"{self.name} has {n} to divide into {fewest} parts, and no group may be in two: give "
                f"--{part} a file or the share 0, or leave --group out"
            )
        order = names[permutation(int(self.fingerprint[:15], 16), f"groups {part}", len(names))]
        sizes = np.array([(groups == name).sum() for name in order]).cumsum()[: len(names) - fewest + 1]
        last = int(np.abs(sizes - share * len(rows)).argmin())
        return np.isin(groups, order[: last + 1])


def _of_training(parts: Splits) -> Splits:
    """The parts with the categories of the training part, which alone may decide how columns are coded."""
    train = parts.train
    inputs = narrow_categories(train.values, train.about.inputs)
    return Splits(*(part and with_inputs(part, inputs) for part in parts))


def with_inputs(series: Series, inputs: tuple[Input, ...]) -> Series:
    """The same, its categories counted as these inputs count them."""
    values = recode(series.values, series.about.inputs, inputs)
    return series.changed(values=values, about=replace(series.about, inputs=inputs))


def rows_of(series: Series) -> Dataset:
    """The steps of all series as the rows of a table."""
    return Dataset(series.values, features=series.about.features, columns=series.about.inputs)

"""A line or a plane through a run's inputs: one or two columns change, the others keep a usual value."""

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np

from gradatim.checks import UsageError, did_you_mean
from gradatim.data.tables.inputs import Input, value_text
from gradatim.explain.figures.style import short
from gradatim.explain.number_format import measure

FEW = 4  # inputs whose values are said


class Learned(Protocol):
    """A run, or what is not a run yet: examples, the network that reads them, and what it is called."""

    @property
    def data(self) -> Any:
        """The examples, in their parts."""

    @property
    def trained(self) -> Any:
        """The network, its encoder and its question."""

    @property
    def path(self) -> Any:
        """The folder, or the name of the data."""


class Slice(NamedTuple):
    """The columns that change, their names, and one example's raw inputs, in which they do."""

    columns: list[int]
    names: list[str]
    middle: np.ndarray  # (D,)
    held: dict[str, Any]  # the other inputs' values, as a person reads them

    def at(self, places: np.ndarray) -> np.ndarray:
        """Raw inputs (P, D) at places (P, 1) or (P, 2)."""
        raw = np.repeat(self.middle[None], len(places), 0)
        raw[:, self.columns] = places
        return raw

    @property
    def words(self) -> str:
        """Where the other inputs are held; nothing without any."""
        if not self.held:
            return ""
        shown = [f"{short(name)} {measure(value)}" for name, value in list(self.held.items())[:FEW]]
        more = f" and {len(self.held) - FEW} more" if len(self.held) > FEW else ""
        return f"other inputs at their median or commonest value: {', '.join(shown)}{more}"


def slice_of(run: Learned, chosen: Sequence[Any], what: str) -> Slice:
    """The slice of these columns, which are names or numbers; of None, of all the columns that there are.

    Raises UsageError for a column that is not there or holds no numbers, and where the run has more columns
    than change and none was named.
    """
    examples = run.data.train
    if examples.layout != "rows":
        raise UsageError(f"{what} is drawn of a run whose examples are in memory")
    raw = run.trained.encoder.raw(examples)
    x = raw.reshape(len(raw), -1)
    columns = _columns(run, x.shape[1])
    places = [_place(one, columns, what) for one in chosen if one is not None]
    if len(places) < len(chosen):
        if places or x.shape[1] != len(chosen):
            raise UsageError(_choose(run, columns, x.shape[1], len(chosen), what))
        places = list(range(x.shape[1]))
    if len(set(places)) < len(places):
        raise UsageError(f"{what} has two axes: name another column for one of them")
    for place in places:
        if columns[place].kind not in ("number", "boolean"):
            raise UsageError(
                f"{what} is drawn over numbers; {columns[place].name} is a {columns[place].kind}"
            )
    middle = np.array([_usual(x[:, i], one) for i, one in enumerate(columns)], dtype=x.dtype)
    others = [i for i in range(len(columns)) if i not in places and columns[i].kind != "word"]
    held = {columns[i].name: value_text(columns[i], float(middle[i])) for i in others}
    return Slice(places, [columns[i].name for i in places], middle, held)


def inputs_at(run: Learned, part: Any, where: Slice) -> tuple[np.ndarray, np.ndarray]:
    """The rows of a part of the data that have values in the columns, and these (P, 1) or (P, 2)."""
    raw = run.trained.encoder.raw(part)
    x = raw.reshape(len(raw), -1)[:, where.columns].astype(np.float64)
    rows = np.flatnonzero(np.isfinite(x).all(1))  # a missing value has no place
    return rows, x[rows]


def _columns(run: Learned, width: int) -> list[Input]:
    """What each raw number is: a column of a table, a word of its texts, or a feature without a name."""
    found = list(run.trained.encoder.columns(run.data.train))
    if not found:
        return [Input(f"feature {i}", "number") for i in range(width)]
    return found + [Input("", "word")] * (width - len(found))


def _place(asked: Any, columns: Sequence[Input], what: str) -> int:
    names = [one.name for one in columns if one.name]
    if str(asked) in names:
        return names.index(str(asked))
    if isinstance(asked, int) and not isinstance(asked, bool) and 0 <= asked < len(columns):
        return asked
    raise UsageError(
        f"{what} has no column {str(asked)!r} to be drawn over: {did_you_mean(str(asked), names)}"
    )


def _choose(run: Learned, columns: Sequence[Input], width: int, wanted: int, what: str) -> str:
    ways = "x=COLUMN y=COLUMN" if wanted == 2 else "x=COLUMN"
    names = [one.name for one in columns if one.kind in ("number", "boolean")]
    if width < wanted:
        return f"{what} is drawn over {wanted} inputs; those of {run.path} are {width}"
    some = ", ".join(map(short, names[:8])) + (", …" if len(names) > 8 else "")
    return (
        f"{what} is drawn over {wanted} of the {width} inputs of {run.path}: say {ways}, of {some or 'none'}"
    )


def _usual(values: np.ndarray, one: Input) -> float:
    """The median of a number or a date; the commonest of anything else."""
    there = values[~np.isnan(values)]
    if not len(there):
        return np.nan
    if one.kind in ("number", "date", "word"):
        return float(np.median(there))
    found, counts = np.unique(there, return_counts=True)
    return float(found[counts.argmax()])

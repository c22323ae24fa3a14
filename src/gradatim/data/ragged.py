"""Sequences of different lengths."""

from collections.abc import Sequence
from copy import copy
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.arrays import array, check_weights
from gradatim.data.question import Question, default_names
from gradatim.data.targets import check_finite


class Ragged:
    """Sequences of different lengths, with one answer each, or one at every step.

    `x`: N sequences, each (L_i,) whole numbers from 0 on, such as words of a vocabulary, or (L_i, D) numbers.
    `y`: an array (N, …), one answer a sequence; a list of N arrays (L_i, …), one a step; or None. `classes`,
    the names that y counts through; `weights` (N,) or None.

    The sequences stand one behind the other in `values` (S, …), S = Σ L_i; sequence i is its rows
    `offsets[i]` to `offsets[i + 1]`. An answer a step stands likewise, in y (S, …), where `per_step` is true.

    A network that learns from them is called as network(values, lengths), padded with zeros behind each
    sequence, and gives (N, K), one row a sequence, or (S, K), one row for each step that is not padding.

    Raises UsageError naming the sequence that cannot be.

    >>> words = Ragged([[3, 1, 4], [1, 5]], [[0, 1, 0], [1, 1]])
    >>> words, words.y.tolist(), words.take(np.array([1])).values.tolist()
    (Ragged('data', 2 sequences of 2 to 3 steps), [0, 1, 0, 1, 1], [1, 5])
    """

    layout: ClassVar[str] = "padded"
    unit: ClassVar[str] = "sequences"
    judged_on: ClassVar[str] = "test"
    read_by: ClassVar[str] = "sequences"
    only_own: ClassVar[str] = ""
    features: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple] = ()
    notices: tuple[str, ...] = ()  # what a person should be told of them
    official_test = official_valid = groups = times = None
    task = ""  # where it was asked for
    targets: tuple[str, ...] = ()
    label_type = ""  # of the target's labels: see `data.label_types`
    are_symbols = False  # whether a step of several whole numbers holds symbols, which are looked up

    def __init__(
        self, x: Sequence[Any], y: Any = None, weights: Any = None, classes: tuple = (), name: str = "data",
        source: dict[str, Any] | None = None,
    ):  # fmt: skip
        parts = [_sequence(number, one) for number, one in enumerate(x)]
        if not parts:
            raise UsageError("there is nothing to learn from: there is no sequence")
        _check_alike(parts)
        self.values = np.concatenate(parts)
        self.offsets = np.cumsum([0, *map(len, parts)])
        self.per_step = isinstance(y, list | tuple) and len(y) > 0 and np.ndim(y[0]) > 0
        self.y = None if y is None else self._steps(y) if self.per_step else self._answers(y)
        self.weights = None if weights is None else check_weights(array(weights), len(parts))
        self.classes, self.name, self.source = classes, name, source or {}

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __repr__(self) -> str:
        lengths = self.lengths
        return f"Ragged({self.name!r}, {len(self)} sequences of {lengths.min()} to {lengths.max()} steps)"

    @property
    def has_target(self) -> bool:
        """Whether there is something to compare answers with."""
        return self.y is not None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of a step: () of whole numbers, (D,) of D numbers."""
        return tuple(self.values.shape[1:])

    @property
    def form(self) -> str:
        """What recipes call such examples."""
        return "sequences with an answer a step" if self.per_step else "sequences"

    @property
    def encoder(self) -> str:
        """The encoder that such examples ask for."""
        return "steps" if self.shape else "symbols"

    @property
    def strata(self) -> np.ndarray | None:
        """What splits divide evenly, (N,): the answers, where each sequence has one."""
        return None if self.per_step else self.y

    @property
    def question(self) -> Question:
        """What the targets ask."""
        if self.classes:
            task = self.task or ("tagging" if self.per_step else "classification")
            return Question(task, self.classes, label_type=self.label_type)
        if self.y is None:
            return Question()
        wide = 1 if self.y.ndim == 1 else self.y.shape[1]
        return Question(self.task or "regression", default_names(wide))

    def asking(self, question: Question, targets: tuple[str, ...]) -> Self:
        """The same with another question."""
        classes = tuple(question.names) if question.task in ("classification", "tagging") else ()
        return self.changed(classes=classes, task=question.task, targets=targets)

    def changed(self, **parts: Any) -> Self:
        """The same with other parts."""
        other = copy(self)
        other.__dict__.pop("fingerprint", None)
        other.__dict__.update(parts)
        return other

    @classmethod
    def empty(cls, shape: tuple[int, ...], per_step: bool) -> Self:
        """No sequence, of steps of this shape."""
        other = object.__new__(cls)
        other.values, other.offsets, other.per_step = np.empty((0, *shape)), np.zeros(1, int), per_step
        other.y = other.weights = None
        other.classes, other.name, other.source = (), "data", {}
        return other

    def look_at(self, rows: Any, encoder: Any, most: int) -> list:
        """Sequences, or single steps, by their first numbers."""
        if self.per_step:
            owners = np.searchsorted(self.offsets, rows, "right") - 1
            pairs = zip(np.asarray(rows).tolist(), owners.tolist(), strict=True)
            return [
                (None, {"sequence": i, "step": s - int(self.offsets[i]), **_first(self.values[s], most)}, "")
                for s, i in pairs
            ]
        return [
            (None, {"sequence": int(i), "steps": int(self.lengths[i]), **_first(self.sequence(i), most)}, "")
            for i in rows
        ]

    @property
    def lengths(self) -> np.ndarray:
        """Steps of each sequence, (N,)."""
        return np.diff(self.offsets)

    def sequence(self, number: int) -> np.ndarray:
        """One sequence, (L_i, …)."""
        return self.values[self.offsets[number] : self.offsets[number + 1]]

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of types, shapes and values of the sequences and what belongs to them."""
        digest = sha256(repr([str(name) for name in self.classes]).encode())
        digest.update(f"per step: {self.per_step}".encode())
        for part in (self.values, self.offsets, self.y, self.weights):
            if part is not None:
                part = np.ascontiguousarray(part)
                digest.update(f"{part.dtype.str}{part.shape}".encode())
                digest.update(part.data.cast("B") if part.size else b"")
        return digest.hexdigest()

    def take(self, rows: np.ndarray) -> Self:
        """The sequences of these numbers, in their order."""
        part = self.changed()
        places = self.places(rows)
        part.values, part.offsets = self.values[places], np.cumsum([0, *self.lengths[rows]])
        part.y = None if self.y is None else self.y[places if self.per_step else rows]
        part.weights = None if self.weights is None else self.weights[rows]
        return part

    def places(self, rows: np.ndarray) -> np.ndarray:
        """Where the steps of these sequences stand in `values`, one behind the other.

        >>> Ragged([[3, 1, 4], [1, 5]]).places(np.array([1, 0])).tolist()
        [3, 4, 0, 1, 2]
        """
        lengths = self.lengths[rows]
        before = np.cumsum(lengths) - lengths  # where each begins among those asked for
        return np.arange(lengths.sum()) + np.repeat(self.offsets[rows] - before, lengths)

    def _answers(self, y: Any) -> np.ndarray:
        """One answer a sequence."""
        y = array(y)
        if y.shape[:1] != (len(self),):
            raise UsageError(f"{len(self)} sequences but {len(y) if y.ndim else 1} targets")
        check_finite(y)
        return y

    def _steps(self, y: Sequence[Any]) -> np.ndarray:
        """One answer a step."""
        parts = [array(one) for one in y]
        if len(parts) != len(self):
            raise UsageError(f"{len(self)} sequences but targets of {len(parts)}")
        for number, (part, length) in enumerate(zip(parts, self.lengths, strict=True)):
            if part.shape[:1] != (length,):
                held = len(part) if part.ndim else 1
                raise UsageError(f"sequence {number} has {length} steps but {held} targets")
        flat = np.concatenate(parts)
        check_finite(flat)
        return flat


def _sequence(number: int, one: Any) -> np.ndarray:
    """A sequence as an array; UsageError where it cannot be one."""
    part = array(one)
    if part.ndim not in (1, 2):
        raise UsageError(f"a sequence is (L,) whole numbers or (L, D) numbers; {number} is {part.shape}")
    if not part.size:
        raise UsageError(f"sequence {number} is empty: leave it out")
    if part.dtype.kind not in "buif":
        raise UsageError(f"sequences must be of numbers; the type of {number} is {part.dtype}")
    if part.ndim == 1 and part.dtype.kind == "f":
        raise UsageError(
            f"sequence {number} holds fractions, one a step: give it as {len(part)} steps of one number, "
            f"({len(part)}, 1)"
        )
    if part.ndim == 1 and part.dtype.kind == "i" and part.min() < 0:
        step = int(part.argmin())
        raise UsageError(f"sequence {number} holds {part[step]} at step {step}; whole numbers begin at 0")
    if part.dtype.kind == "f" and not np.isfinite(part).all():
        step, feature = (int(i) for i in np.argwhere(~np.isfinite(part))[0])
        raise UsageError(f"sequence {number} holds {part[step, feature]} at step {step}, feature {feature}")
    return part


def _first(numbers: np.ndarray, most: int) -> dict[str, float]:
    """The first numbers by their places."""
    flat = np.reshape(numbers, -1)[: max(0, most - 2)]
    return {f"number {place}": float(value) for place, value in enumerate(flat)}


def _check_alike(parts: list[np.ndarray]) -> None:
    """Raise UsageError naming the first sequence whose steps are not as those of sequence 0."""
    for number, part in enumerate(parts):
        if part.shape[1:] != parts[0].shape[1:]:
            first, other = (
                "one number" if p.ndim == 1 else f"{p.shape[1]} numbers" for p in (parts[0], part)
            )
            raise UsageError(f"a step of sequence 0 has {first}, but one of sequence {number} has {other}")

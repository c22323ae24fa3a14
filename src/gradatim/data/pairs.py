"""Inputs, each with a text that belongs to it: a translation, a caption, a transcript (curriculum E12)."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np

from gradatim.data.labelled_texts import shorten
from gradatim.data.question import Question
from gradatim.data.ragged import Ragged
from gradatim.data.streamed_examples import StreamedExamples
from gradatim.data.text_units import Units

ARRAYS = (np.ndarray, StreamedExamples)


class Kind(NamedTuple):
    """What is particular to one kind of inputs; a row of the table of its source."""

    form: str  # what recipes call such pairs
    encoder: str  # that makes numbers of them
    task: str  # as --task calls it
    read_by: str  # the source that reads more like them
    give: str  # what to give where other data were given
    units: str = "bpe"  # of the texts, where none are asked for


@dataclass(frozen=True, repr=False)
class Pairs:
    """N inputs, each with one text or several that are right answers to it: references.

    Inputs are texts, Ragged sequences of frames (L_i, D), or an array (N, …) of pictures or clips;
    StreamedExamples are one.
    `references` is empty where there are none. `official_test` and `official_valid` (N,) are true where the
    publisher's test and validation parts are; `groups` (N,) what is not divided, `files` each input's.

    Each reference is learned; all of them are right where an answer is measured.
    """

    layout: ClassVar[str] = "pairs"
    unit: ClassVar[str] = "pairs"
    judged_on: ClassVar[str] = "test"
    only_own: ClassVar[str] = ""
    features: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple] = ()
    targets: ClassVar[tuple[str, ...]] = ()
    classes: ClassVar[tuple] = ()
    times = weights = y = strata = None

    inputs: Any
    references: tuple[tuple[str, ...], ...]
    kind: Kind
    name: str = "pairs"
    units: str = ""  # words, characters or bpe; the kind's own where it is empty
    most: int | None = None  # symbols of a vocabulary, the usual number where it is None
    source: dict[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    official_test: np.ndarray | None = None
    official_valid: np.ndarray | None = None
    groups: np.ndarray | None = None
    asks: Question | None = None  # in place of what the references ask

    def __len__(self) -> int:
        return len(self.inputs)

    def __repr__(self) -> str:
        return f"Pairs({self.name!r}, {len(self):,} {self.form})"

    @property
    def form(self) -> str:
        """What recipes call such pairs."""
        return self.kind.form

    @property
    def encoder(self) -> str:
        """The encoder that they ask for."""
        return self.kind.encoder

    @property
    def task(self) -> str:
        """What `--task` calls what they ask."""
        return self.kind.task

    @property
    def read_by(self) -> str:
        """The source that reads more like them."""
        return self.kind.read_by

    @property
    def give(self) -> str:
        """What to give where other data were given."""
        return self.kind.give

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of an input; () of one whose length differs."""
        return tuple(self.inputs.shape[1:]) if isinstance(self.inputs, ARRAYS) else ()

    @property
    def is_streamed(self) -> bool:
        """Whether they are pictures or clips that stay in their files."""
        return isinstance(self.inputs, StreamedExamples)

    @property
    def has_target(self) -> bool:
        """Whether there are references."""
        return bool(self.references)

    @cached_property
    def answers(self) -> Units:
        """The symbols of the references, learned from all of them: of the training part."""
        return Units.fit(
            self.units or self.kind.units, (one for some in self.references for one in some), self.most
        )

    @property
    def question(self) -> Question:
        """Which symbols follow each other in an answer."""
        return self.asks or Question(self.task, self.answers.symbols if self.references else ())

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of inputs, references and the publisher's parts."""
        head = head_of_pairs(self.references)
        digest = sha256(head)
        if isinstance(self.inputs, StreamedExamples):
            digest = self.inputs.hash_after(head)
        elif isinstance(self.inputs, Ragged):
            digest.update(self.inputs.fingerprint.encode())
        elif isinstance(self.inputs, np.ndarray):
            digest.update(f"{self.inputs.dtype.str}{self.inputs.shape}".encode())
            digest.update(np.ascontiguousarray(self.inputs).data.cast("B") if self.inputs.size else b"")
        else:
            digest.update(repr(self.inputs).encode("utf-8", "surrogatepass"))
        for part in (self.official_test, self.official_valid, self.groups):
            if part is not None:
                digest.update(repr(part.tolist()).encode())
        return digest.hexdigest()

    def take(self, rows: np.ndarray) -> Self:
        """The pairs of these numbers, in their order, which are all of one part."""
        places = np.asarray(rows)
        if isinstance(self.inputs, Ragged):
            inputs: Any = self.inputs.take(places)
        elif isinstance(self.inputs, ARRAYS):
            inputs = self.inputs[places]
        else:
            inputs = tuple(self.inputs[row] for row in places.tolist())
        return replace(
            self, inputs=inputs, official_test=None, official_valid=None,
            references=tuple(self.references[row] for row in places.tolist()) if self.references else (),
            files=tuple(self.files[row] for row in places.tolist()) if self.files else (),
            groups=None if self.groups is None else self.groups[places],
        )  # fmt: skip

    def asking(self, question: Question, targets: tuple[str, ...]) -> Self:
        """The same, whose answers are of these symbols."""
        return replace(self, asks=question)

    def in_units(self, units: str | None) -> Self:
        """The same, its texts cut into these units where some are asked for."""
        return self if units is None else replace(self, units=units)

    def look_at(self, rows: Any, encoder: Any, most: int) -> list:
        """Inputs as a person looks at them: texts, or pictures; and the names of their files."""
        names = self.files or ("",) * len(self)
        return [(*self._look(row), names[row]) for row in np.asarray(rows).tolist()]

    def _look(self, row: int) -> tuple[np.ndarray | None, dict[str, Any] | None]:
        if isinstance(self.inputs, tuple):
            return None, {"text": shorten(self.inputs[row])}
        if isinstance(self.inputs, Ragged):
            return None, {"steps": int(self.inputs.lengths[row])}
        picture = np.asarray(self.inputs[[row]])[0] if self.is_streamed else self.inputs[row]
        if picture.ndim == 4:  # a clip (C, T, H, W): its first, middle and last frame side by side
            picture = np.concatenate([picture[:, t] for t in (0, picture.shape[1] // 2, -1)], axis=-1)
        return picture, None


def head_of_pairs(references: tuple[tuple[str, ...], ...]) -> bytes:
    """What stands before the inputs where pairs are hashed."""
    return repr(references).encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class PreparedPairs:
    """Pairs as an engine takes them: P pairs of an input and a sequence of symbols.

    `values` are the inputs, Ragged or an array (N, …), streamed ones too, `rows` (P,) the input of each
    pair, `answers` the symbols, of which each sequence ends with 1, out of `symbols` symbols.
    """

    layout: ClassVar[str] = "pairs"
    weights: ClassVar[None] = None

    values: Any
    rows: np.ndarray
    answers: Ragged
    symbols: int

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def y(self) -> np.ndarray:
        """The symbols of every pair, one behind the other, (Σ T_i,)."""
        return self.answers.values

    @property
    def has_target(self) -> bool:
        """They have."""
        return True

    @property
    def lengths(self) -> np.ndarray | None:
        """Steps of each input, (N,); None of pictures."""
        return self.values.lengths if isinstance(self.values, Ragged) else None

    def take(self, rows: np.ndarray) -> "PreparedPairs":
        """The pairs of these numbers."""
        return replace(self, rows=self.rows[rows], answers=self.answers.take(rows))

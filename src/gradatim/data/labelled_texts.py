"""Texts, each with its class (curriculum E11)."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.question import Question

SHOWN = 400  # characters of a text in a report


@dataclass(frozen=True, repr=False)
class LabelledTexts:
    """N texts and their classes: y (N,) class numbers that count through `classes`, or None.

    `features` is the column of a table that held the texts, `files` those that each was read from,
    `official_test` and `official_valid` (N,) are true where the publisher's test and validation parts are.

    >>> LabelledTexts(("it is good", "so bad"), np.array([1, 0]), ("neg", "pos"))
    LabelledTexts('texts', 2 texts, 2 classes)
    """

    layout: ClassVar[str] = "padded"
    unit: ClassVar[str] = "texts"
    judged_on: ClassVar[str] = "test"
    form: ClassVar[str] = "labelled texts"
    read_by: ClassVar[str] = "labelled texts"
    give: ClassVar[str] = "a list of texts, a file or a folder of them"  # where other data were given
    only_own: ClassVar[str] = ""
    shape: ClassVar[tuple[int, ...]] = ()
    columns: ClassVar[tuple] = ()
    groups = times = weights = None

    texts: tuple[str, ...]
    y: np.ndarray | None = None
    classes: tuple = ()
    name: str = "texts"
    features: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    source: dict[str, Any] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    official_test: np.ndarray | None = None
    official_valid: np.ndarray | None = None
    label_type: str = ""  # of the target's labels: see `data.label_types`
    encoder: str = "n_grams"  # that makes what a network reads of them
    units: str = "both"  # which it reads: words, characters or both

    def __len__(self) -> int:
        return len(self.texts)

    def __repr__(self) -> str:
        return f"LabelledTexts({self.name!r}, {len(self):,} texts, {len(self.classes)} classes)"

    @property
    def has_target(self) -> bool:
        """Whether there are classes to compare with."""
        return self.y is not None

    @property
    def strata(self) -> np.ndarray | None:
        """What splits divide evenly, (N,): the classes."""
        return self.y

    @property
    def question(self) -> Question:
        """Which class a text is of."""
        return Question("classification", self.classes, label_type=self.label_type)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the texts, their classes, and the publisher's parts."""
        digest = sha256(repr((self.classes, self.texts)).encode("utf-8", "surrogatepass"))
        for part in (self.y, self.official_test, self.official_valid):
            if part is not None:
                digest.update(np.ascontiguousarray(part).data.cast("B"))
        return digest.hexdigest()

    def take(self, rows: np.ndarray) -> Self:
        """The texts of these numbers, in their order, which are all of one part."""
        places = np.asarray(rows).tolist()
        return replace(
            self,
            texts=tuple(self.texts[row] for row in places),
            y=None if self.y is None else self.y[rows],
            files=tuple(self.files[row] for row in places) if self.files else (),
            official_test=None,
            official_valid=None,
        )

    def asking(self, question: Question, targets: tuple[str, ...]) -> Self:
        """The same with other classes."""
        return replace(self, classes=tuple(question.names), targets=targets, label_type=question.label_type)

    def look_at(self, rows: Any, encoder: Any, most: int) -> list:
        """Texts as a person reads them, at most 400 characters of each, and the names of their files."""
        names = self.files or ("",) * len(self)
        return [(None, {"text": shorten(self.texts[row])}, names[row]) for row in np.asarray(rows).tolist()]


def labelled_texts(texts: Any, labels: Any = None, classes: tuple = (), **more: Any) -> LabelledTexts:
    """Texts and their labels, which are counted through `classes`, or sorted where there are none.

    Raises UsageError for no text at all, and for a label that is not among the classes.

    >>> labelled_texts(["it is good", "so bad"], ["pos", "neg"]).y.tolist()
    [1, 0]
    """
    from gradatim.data.targets import encode, numbers_of_classes

    texts = tuple(texts)
    if not texts:
        raise UsageError(f"{more.get('name', 'the data')} holds no text")
    y = None
    if labels is not None:
        if len(labels) != len(texts):
            raise UsageError(f"{len(texts)} texts but {len(labels)} labels")
        y, found = encode(np.asarray(labels))
        y = numbers_of_classes(y, found, classes, more.get("name", "the data")) if classes else y
        classes = classes or found
    return LabelledTexts(texts, y, classes, **more)


def empty_notice(texts: Any) -> list[str]:
    """That some texts hold no character but spaces; nothing where all do.

    >>> empty_notice(["good", " ", "bad"])
    ['1 text is empty, the first of them number 2: it says no more than how common the classes are']
    """
    empty = [number for number, text in enumerate(texts, 1) if not text.strip()]
    if not empty:
        return []
    some = "1 text is" if len(empty) == 1 else f"{len(empty):,} texts are"
    first = f"{some} empty, the first of them number {empty[0]:,}"
    return [f"{first}: it says no more than how common the classes are"]


def shorten(text: str, most: int = SHOWN) -> str:
    """A text on one line, its end left out where it is long.

    >>> shorten("a\\nlong  text", 7)
    'a long…'
    """
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"

"""Sentences of words with a tag for each (curriculum E11)."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import sha256
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.data.question import Question
from gradatim.data.ragged import Ragged

AROUND = 5  # words shown on each side of one


@dataclass(frozen=True, repr=False)
class Sentences:
    """N sentences, their words as numbers in `vocabulary`, their tags as numbers in `classes`.

    `numbers` holds both, one behind the other; None where there is no sentence, only what others are read as.
    """

    layout: ClassVar[str] = "padded"
    unit: ClassVar[str] = "sentences"
    judged_on: ClassVar[str] = "test"
    form: ClassVar[str] = "sentences"
    encoder: ClassVar[str] = "words"
    read_by: ClassVar[str] = ""
    only_own: ClassVar[str] = ""
    shape: ClassVar[tuple[int, ...]] = ()
    features: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple] = ()
    notices: ClassVar[tuple[str, ...]] = ()

    numbers: Ragged | None
    vocabulary: tuple[str, ...] = ()
    classes: tuple = ()
    targets: tuple[str, ...] = ()
    name: str = "sentences"
    source: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return 0 if self.numbers is None else len(self.numbers)

    def __repr__(self) -> str:
        return f"Sentences({self.name!r}, {len(self):,} sentences, {len(self.classes)} tags)"

    @property
    def y(self) -> np.ndarray | None:
        """The tag of every word, one sentence behind the other, (S,)."""
        return None if self.numbers is None else self.numbers.y

    @property
    def has_target(self) -> bool:
        """Whether there are tags."""
        return self.y is not None

    @property
    def question(self) -> Question:
        """Which tag every word has."""
        return Question("tagging", self.classes)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of words, tags and sentences."""
        digest = sha256(repr((self.vocabulary, self.classes)).encode("utf-8", "surrogatepass"))
        digest.update(self.numbers.fingerprint.encode() if self.numbers is not None else b"")
        return digest.hexdigest()

    def words(self) -> list[list[str]]:
        """The words of each sentence."""
        parts = [] if self.numbers is None else [self.numbers.sequence(i) for i in range(len(self))]
        return [[self.vocabulary[number] for number in part] for part in parts]

    def in_use(self) -> list[str]:
        """The distinct words that stand in the sentences: of a part fewer than the vocabulary."""
        found = [] if self.numbers is None else np.unique(self.numbers.values).tolist()
        return [self.vocabulary[number] for number in found]

    def take(self, rows: np.ndarray) -> Self:
        """The sentences of these numbers, in their order."""
        assert self.numbers is not None
        return replace(self, numbers=self.numbers.take(rows))

    def asking(self, question: Question, targets: tuple[str, ...]) -> Self:
        """The same with other tags."""
        return replace(self, classes=tuple(question.names), targets=targets)

    def look_at(self, rows: Any, encoder: Any, most: int) -> list:
        """Of each word (its number in all), no picture, but the word and its sentence, its neighbours around
        it; and the number of the sentence.
        """
        if self.numbers is None:
            return []
        ends = np.cumsum(self.numbers.lengths)
        looks = []
        for row in np.asarray(rows, int):
            i = int(np.searchsorted(ends, row, side="right"))
            words = [self.vocabulary[number] for number in self.numbers.sequence(i)]
            at = int(row - ends[i] + len(words))
            before, behind = words[max(at - AROUND, 0) : at], words[at + 1 : at + 1 + AROUND]
            looks.append(
                (
                    None,
                    {"before": " ".join(before), "word": words[at], "behind": " ".join(behind)},
                    f"sentence {i}",
                )
            )
        return looks


def sentences_of(
    words: list[list[str]], tags: list[list[str]] | None, classes: tuple = (), name: str = "sentences"
) -> Sentences:
    """Sentences of words and their tags; the tags are sorted where `classes` are not given.

    >>> found = sentences_of([["a", "dog"], ["dogs"]], [["DET", "NOUN"], ["NOUN"]])
    >>> found, found.vocabulary, found.y.tolist()
    (Sentences('sentences', 2 sentences, 2 tags), ('a', 'dog', 'dogs'), [0, 1, 1])
    """
    vocabulary = tuple(sorted({word for sentence in words for word in sentence}))
    if tags is not None:
        classes = classes or tuple(sorted({tag for sentence in tags for tag in sentence}))
    place = {word: number for number, word in enumerate(vocabulary)}
    of_tag = {tag: number for number, tag in enumerate(classes)}
    x = [[place[word] for word in sentence] for sentence in words]
    y = None if tags is None else [[of_tag[tag] for tag in sentence] for sentence in tags]
    return Sentences(Ragged(x, y, classes=classes), vocabulary, classes, name=name)

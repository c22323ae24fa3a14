"""Texts as sequences of characters (curriculum E9): the numbers, the split."""

from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from gradatim.checks import UsageError, real
from gradatim.data.question import Question
from gradatim.data.vocabulary import Vocabulary


@dataclass(frozen=True, repr=False)
class Text:
    """A text as the numbers of its characters.

    tokens (L,) int64, numbers of `vocabulary`; `source` says how to find it again.
    """

    layout: ClassVar[str] = "streams"
    has_target: ClassVar[bool] = True
    unit: ClassVar[str] = "characters"
    judged_on: ClassVar[str] = "valid"  # a text has no test part: its end is for validation
    form: ClassVar[str] = "texts"
    encoder: ClassVar[str] = "characters"
    read_by: ClassVar[str] = ""
    only_own: ClassVar[str] = ""
    asked_by: ClassVar[str] = "the network is a language model: gradatim sample shows what it writes"
    shape: ClassVar[tuple[int, ...]] = ()
    features: ClassVar[tuple[str, ...]] = ()
    columns: ClassVar[tuple] = ()
    targets: ClassVar[tuple[str, ...]] = ()
    notices: ClassVar[tuple[str, ...]] = ()

    tokens: np.ndarray
    vocabulary: Vocabulary
    name: str = "text"
    source: dict[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def question(self) -> Question:
        """Which character comes next."""
        return Question("language", tuple(self.vocabulary.characters))

    @property
    def y(self) -> np.ndarray:
        """What follows each character, (L − 1,)."""
        return self.tokens[1:]

    @property
    def file_name(self) -> str:
        """What sentences call it: the name of its file, where it has one, or its own."""
        return Path(self.source["path"]).name if "path" in self.source else self.name

    def __repr__(self) -> str:
        return f"Text({self.name!r}, {len(self):,} characters, {len(self.vocabulary)} distinct)"

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the vocabulary and of the tokens."""
        digest = sha256(self.vocabulary.characters.encode("utf-8", "surrogatepass"))
        digest.update(np.ascontiguousarray(self.tokens, "<i8").tobytes())
        return digest.hexdigest()

    def look_at(self, rows: Any, encoder: Any, most: int) -> list:
        """There are no single examples to look at."""
        return []

    def asking(self, question: Question, targets: tuple[str, ...]) -> "Text":
        """A text asks only one thing."""
        return self

    def characters(self, start: int = 0, stop: int | None = None) -> str:
        """The characters from start to stop as a string."""
        return self.vocabulary.decode(self.tokens[start:stop])

    def part(self, start: int, stop: int) -> "Text":
        """The characters from start to stop, with the whole text's vocabulary."""
        return Text(self.tokens[start:stop], self.vocabulary, self.name, self.source)


def text_of(characters: str, name: str = "text", source: dict[str, Any] | None = None) -> Text:
    """A text of characters; UsageError for one in which there is nothing to predict.

    >>> text_of("to be")
    Text('text', 5 characters, 5 distinct)
    """
    if not isinstance(characters, str):
        raise UsageError(f"a text must be a string; this is {type(characters).__name__}")
    if not characters:
        raise UsageError(f"{name} is empty: there is no text to learn from")
    vocabulary = Vocabulary(characters)
    if len(vocabulary) == 1:
        count = "the one character" if len(characters) == 1 else "nothing but the character"
        raise UsageError(f"{name} holds {count} {characters[0]!r}: there is nothing to predict in it")
    return Text(vocabulary.encode(characters), vocabulary, name, source or {})


def split_text(text: Text, valid: float = 0.1) -> tuple[Text, Text]:
    """The first part to train on and the last to validate on: nothing that is validated stands before.

    >>> [part.characters() for part in split_text(text_of("abcdefghij"), 0.2)]
    ['abcdefgh', 'ij']
    """
    valid = real("valid", valid, at_least=0, below=1)
    first = int(len(text) * (1 - valid) + 1e-6)
    return text.part(0, first), text.part(first, len(text))

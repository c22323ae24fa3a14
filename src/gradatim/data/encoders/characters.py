"""A text as windows of its characters' numbers."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.data.encoders.encoder import Encoder, Record
from gradatim.data.streams import Windows
from gradatim.data.text import Text
from gradatim.data.vocabulary import Vocabulary
from gradatim.record_checks import TEXT, Entries, Form, whole_from


@dataclass(frozen=True)
class Characters(Encoder):
    """Characters by their place in the vocabulary, in windows of `window` steps (truncated BPTT)."""

    name: ClassVar[str] = "characters"
    form: ClassVar[Form] = Entries({"characters": TEXT, "window": whole_from(1)})
    characters: str
    window: int

    @property
    def symbols(self) -> int:
        """How many different characters there are."""
        return len(self.characters)

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Windows:
        """The windows of a text."""
        return Windows(character_numbers(Vocabulary(self.characters), examples), self.window)

    def prepare_to_ask(self, examples: Any, problem: Any, dtype: Any) -> Windows:
        """The windows of a text, which may be shorter than one."""
        text = character_numbers(Vocabulary(self.characters), examples)
        return Windows(text, max(min(self.window, len(text) - 1), 1))

    def text_units(self, text: str, what: str) -> tuple[list[str], np.ndarray]:
        """The characters of a text and their numbers; UsageError for those that training did not have."""
        return list(text), Vocabulary(self.characters).encode(text, what)

    def with_window(self, window: int) -> "Characters":
        """The same with other windows."""
        return Characters(self.characters, window)

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> Text:
        """A text without characters."""
        return Text(np.zeros(0, np.int64), Vocabulary(self.characters))

    def as_dict(self) -> Record:
        """The vocabulary, and the window."""
        return {"name": self.name, "characters": self.characters, "window": self.window}

    @classmethod
    def fit(cls, text: Text) -> "Characters":
        """The vocabulary of a training text; the window is chosen elsewhere."""
        return cls(text.vocabulary.characters, 1)

    @classmethod
    def from_dict(cls, record: Record) -> "Characters":
        """The encoder of a record."""
        return cls(record["characters"], int(record["window"]))


def character_numbers(vocabulary: Vocabulary, text: Text) -> Text:
    """A text in the numbers of the vocabulary that was trained on; UsageError for characters it lacks."""
    if text.vocabulary.characters == vocabulary.characters:
        return text
    return Text(vocabulary.encode(text.characters(), text.file_name), vocabulary, text.name, text.source)

"""What the encoders of texts have in common."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from gradatim.data.encoders.encoder import Encoder
from gradatim.data.labelled_texts import LabelledTexts
from gradatim.data.ragged import Ragged
from gradatim.data.tables.inputs import Input

MOST_SYMBOLS = 50_000  # words or characters that have a number of their own


class TextEncoder(Encoder):
    """Texts as sequences of whole numbers, `numbers` those of one text, at least one, and `parts` what each
    of them stands for. Abstract.
    """

    def numbers(self, text: str) -> np.ndarray:
        """The numbers of one text, (L,)."""
        raise NotImplementedError

    def split(self, text: str) -> list[str]:
        """What each of a text's numbers stands for, as it is written; a text without any is one, empty."""
        raise NotImplementedError

    def prepare(self, examples: Any, problem: Any, dtype: Any) -> Ragged:
        """The texts as numbers, with the classes as the problem's loss reads them; 0 where there are none,
        which are not looked at.
        """
        y = np.zeros(len(examples), np.int64) if examples.y is None else problem.targets(examples.y)
        return Ragged(list(self._sequences(examples)), y, name=examples.name)

    def _sequences(self, examples: LabelledTexts) -> Iterator[np.ndarray]:
        return (self.numbers(text) for text in examples.texts)

    def columns(self, data: Any) -> tuple[Input, ...]:
        """None: a text is no row, though it may stand in a column of a table."""
        return ()

    def names(self, features: tuple[str, ...]) -> tuple[str, ...]:
        """None, likewise."""
        return ()

    def template(self, shape: tuple[int, ...] | None, features: tuple[str, ...]) -> LabelledTexts:
        """No text."""
        return LabelledTexts((), features=features)

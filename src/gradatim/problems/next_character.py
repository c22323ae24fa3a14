"""Which character comes next in a text (curriculum E9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, log
from typing import ClassVar, Self

from gradatim.checks import UsageError
from gradatim.problems.evidence import Evidence, Samples
from gradatim.problems.problem import Array, Head, Problem
from gradatim.problems.summed import Summed, in_stretches

STRETCH = 200  # symbols that are drawn together: what one costs is not independent of its neighbours


@dataclass(frozen=True)
class NextCharacter(Problem):
    """The character that follows, one of `names`, after every character of a text.

        p(x_{t+1} | x_1 … x_t) = softmax(a_t);   bits = loss/log 2

    Shapes: a (L, K) scores behind each character, y (L,) the numbers of those that followed.

    >>> import numpy as np
    >>> NextCharacter(("a", "b"), "cross_entropy").predictions(np.array([[0.0, np.log(3.0)]])).round(4)
    array([[0.25, 0.75]])
    """

    kind: ClassVar[str] = "next character"
    task: ClassVar[str] = "language"
    losses: ClassVar[tuple[str, ...]] = ("cross_entropy",)
    unit: ClassVar[str] = "characters"
    deciding: ClassVar[tuple[str, int]] = ("bits_per_character", -1)

    def check(self) -> Self:
        """Names are characters."""
        characters = all(isinstance(name, str) and len(name) == 1 for name in super().check().names)
        self.require(characters and bool(self.names), "names", "characters, one at least")
        return self

    def head(self, examples: int | None = None) -> Head:
        """A score for each character."""
        return Head(len(self.names), "softmax over the characters")

    def predictions(self, a: Array) -> Array:
        """The probability of each character, (L, K)."""
        return self.reader.probabilities(a)  # type: ignore[attr-defined]

    def answer(self, a: Array) -> Array:
        """The number of the likeliest character, (L,)."""
        return a.argmax(1)

    def check_settling(self, asked: str | None, valid: Array | None) -> None:
        """There is no threshold."""
        if asked is not None:
            raise UsageError("a threshold decides between two classes; a language model has none")

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """Bits per character, mean loss in nats, and the share of characters that are guessed right."""
        loss = fsum(self.example_losses(a, y)) / len(y)
        right = float((self.answer(a) == y).mean())
        return {"bits_per_character": loss / log(2), "loss": loss, "accuracy": right}

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The bits of every stretch of the text."""
        parts = in_stretches(self.example_losses(a, y), STRETCH)
        return Summed(parts, lambda sums: sums[..., 0] / sums[..., 1] / log(2))

    def of_record(self, valid: dict[str, float]) -> dict[str, float]:
        """Bits per character."""
        return {"valid_bits_per_character": valid["loss"] / log(2)} if valid else {}

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """What it wrote while it learned, which the records of its run hold."""
        return (Samples(()),)

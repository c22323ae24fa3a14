"""Which word comes next in a text (curriculum E9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, fsum
from typing import ClassVar, Self

import numpy as np

from gradatim.problems.evidence import Evidence, WordSamples
from gradatim.problems.next_character import STRETCH, NextCharacter
from gradatim.problems.problem import Array, Head, Problem
from gradatim.problems.summed import Summed, in_stretches

LARGEST = 700.0  # nats whose exponential is a number


@dataclass(frozen=True)
class NextWord(NextCharacter):
    """The word that follows, one of `names`, after every word of a text; the first stands for unknown ones.

        p(x_{t+1} | x_1 … x_t) = softmax(a_t);   perplexity = e^loss

    Shapes: a (L, K) scores behind each word, y (L,) the numbers of those that followed.

    >>> import numpy as np
    >>> problem = NextWord(("<unknown>", "a", "b"), "cross_entropy")
    >>> round(problem.measures(np.zeros((4, 3)), np.array([1, 2, 2, 0]))["perplexity"], 6)
    3.0
    """

    kind: ClassVar[str] = "next word"
    task: ClassVar[str] = "words"
    unit: ClassVar[str] = "words"
    deciding: ClassVar[tuple[str, int]] = ("perplexity", -1)

    def check(self) -> Self:
        """Names are words."""
        names = Problem.check(self).names
        self.require(
            all(isinstance(name, str) for name in names) and len(names) > 1, "names", "words, two at least"
        )
        return self

    def head(self, examples: int | None = None) -> Head:
        """A score for each word."""
        return Head(len(self.names), f"softmax over {len(self.names):,} words, one of them for all others")

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """Perplexity, the share of unknown words, mean loss in nats, and the share that is guessed right."""
        loss = fsum(self.example_losses(a, y)) / len(y)
        right = float((self.answer(a) == y).mean())
        return {
            "perplexity": exp(min(loss, LARGEST)), "unknown_words": float((np.asarray(y) == 0).mean()),
            "loss": loss, "accuracy": right,
        }  # fmt: skip

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The nats of every stretch of the text."""
        parts = in_stretches(self.example_losses(a, y), STRETCH)
        return Summed(parts, lambda sums: np.exp(np.minimum(sums[..., 0] / sums[..., 1], LARGEST)))

    def of_record(self, valid: dict[str, float]) -> dict[str, float]:
        """Perplexity."""
        return {"valid_perplexity": exp(min(valid["loss"], LARGEST))} if valid else {}

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """What it wrote while it learned, which the records of its run hold."""
        return (WordSamples(()),)

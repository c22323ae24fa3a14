"""Which words stand around a word (curriculum I9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.data.question import Question
from gradatim.problems.evidence import Evidence
from gradatim.problems.nearest_words import NearestWords
from gradatim.problems.problem import Array, Head, Problem


@dataclass(frozen=True)
class WordContexts(Problem):
    """A context of a word, told from words that are drawn by chance.

        loss = mean of −log σ(a_0) − Σ_{i=1…k} log σ(−a_i)
        context_above_noise = mean of [a_0 > a_i] + ½ [a_0 = a_i]: 0.5 for a network that knows nothing

    Shapes: a (P, 1 + k), the scores of a context and of k noise words; y (P,) says nothing.

    >>> found = WordContexts((), "binary_cross_entropy").measures(np.array([[0.0, 0.0, -1.0]]), np.zeros(1))
    >>> found["context_above_noise"], round(found["loss"], 4)
    (0.75, 1.6996)
    """

    kind: ClassVar[str] = "word contexts"
    task: ClassVar[str] = "word_vectors"
    losses: ClassVar[tuple[str, ...]] = ("binary_cross_entropy",)
    deciding: ClassVar[tuple[str, int]] = ("loss", -1)
    reads_target: ClassVar[bool] = False
    own_network: ClassVar[str] = "skip_gram"

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The words are the encoder's."""
        return cls((), loss or cls.losses[0])

    def head(self, examples: int | None = None) -> Head:
        """No output of its own."""
        return Head(0, "a vector for each word, and one for it as a context of others")

    def predictions(self, a: Array) -> Array:
        """The probability that each is a context, (P, 1 + k)."""
        return 1 / (1 + np.exp(-a.astype(np.float64)))

    def answer(self, a: Array) -> Array:
        """Which is taken for the context, (P,)."""
        return a.argmax(1)

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """The probability of the context."""
        return {"probability": self.predictions(a)[:, 0].tolist()}

    def example_losses(self, a: Array, y: Array) -> Array:
        """−log σ(a_0) − Σ log σ(−a_i), (P,)."""
        a = a.astype(np.float64)
        return np.logaddexp(0, -a[:, 0]) + np.logaddexp(0, a[:, 1:]).sum(1)

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """How often the context's score is above a noise word's, and the mean loss of a pair in nats."""
        above = (a[:, :1] > a[:, 1:]) + 0.5 * (a[:, :1] == a[:, 1:])
        return {"context_above_noise": float(above.mean()), "loss": self.mean_loss(a, y)}

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The nearest words of common ones, which the network and its encoder know."""
        return (NearestWords(),)

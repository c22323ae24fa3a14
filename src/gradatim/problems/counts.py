"""How many (curriculum B10, B11)."""

from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.problems.numbers import Numbers
from gradatim.problems.problem import Array, Head


@dataclass(frozen=True)
class Counts(Numbers):
    """T counts, `names`, each with a Poisson distribution, of whose mean the network gives the logarithm.

        ŷ = λ = e^a

    Shapes: a (N, T); y (N,) or (N, T) of 0, 1, 2, …

    >>> Counts(("visits",), "poisson_nll").predictions(np.array([[0.0]]))
    array([[1.]])
    """

    kind: ClassVar[str] = "counts"
    losses: ClassVar[tuple[str, ...]] = ("poisson_nll",)
    learners_may_answer: ClassVar[bool] = False  # they give no distribution

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The counts as they are; UsageError for a target that is none."""
        if y is not None:
            wrong = np.flatnonzero(~((y >= 0) & (y == np.floor(y))).reshape(-1))
            if len(wrong):
                raise UsageError(
                    f"poisson_nll is for counts 0, 1, 2, …; a target is {y.reshape(-1)[wrong[0]].item():g}"
                )
        return cls(tuple(question.names), loss or cls.losses[0])

    def with_transform(self, asked: str, y: Array | None) -> tuple[Self, str]:
        """Refused: counts have a transform of their own."""
        raise UsageError("poisson_nll learns the logarithm of the mean already: leave --target-transform out")

    def head(self, examples: int | None = None) -> Head:
        """One linear output for each count.

        >>> Counts(("visits",)).head().sentence
        'one count: one linear output, the logarithm of its mean'
        """
        t = len(self.names)
        many = "one count: one linear output" if t == 1 else f"{t} counts: one linear output each"
        return Head(t, f"{many}, the logarithm of its mean")

    def predictions(self, a: Array) -> Array:
        """The means λ, (N, T)."""
        with np.errstate(over="ignore"):
            return np.exp(a.reshape(len(a), -1).astype(np.float64))

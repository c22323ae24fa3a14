"""Which of K tags every word of a sentence has (curriculum E11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from gradatim.data.question import Question
from gradatim.problems.classes import Classes
from gradatim.problems.evidence import Agreement, Evidence
from gradatim.problems.problem import Array, Head, Problem
from gradatim.problems.summed import Summed


@dataclass(frozen=True)
class Tags(Classes):
    """One of K tags, `names`, for each of the S steps, such as words, one sequence behind the other.

        p_s = softmax(a_s);   answer_s = argmax_k p_sk

    Shapes: a (S, K); y (S,) tag numbers.

    >>> Tags(("DET", "NOUN"), "cross_entropy").head().sentence
    '2 tags: one softmax output each for every step, cross entropy'
    """

    kind: ClassVar[str] = "tags"
    task: ClassVar[str] = "tagging"
    losses: ClassVar[tuple[str, ...]] = ("cross_entropy",)
    learners: ClassVar[str] = "tags"

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The tags."""
        return cls(tuple(question.names), loss or "cross_entropy")

    def head(self, examples: int | None = None) -> Head:
        """K scores for every step; UsageError for fewer than two tags."""
        k = len(self.names)
        super().head()
        return Head(k, f"{k} tags: one softmax output each for every step, cross entropy")

    def notices(self, y: Array) -> list[str]:
        """Some tags are rare in any language."""
        return []

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The words of a sentence are not independent, and outputs do not say where one ends."""
        return None

    def answers_beside(
        self, problems: Sequence[Problem], outputs: Sequence[Array], y: Array
    ) -> Sequence[Evidence]:
        """At which steps the networks are right together and alone."""
        return [one for one in super().answers_beside(problems, outputs, y) if isinstance(one, Agreement)]

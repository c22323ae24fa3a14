"""Which of K labels an example has, each a question of its own (curriculum B11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.data.label_types import as_labels
from gradatim.data.question import Question, default_names
from gradatim.data.tables.labels import Labels as Sets
from gradatim.problems.evidence import ByClass, Evidence, Misses, Ranking
from gradatim.problems.measures import measures_of_labels
from gradatim.problems.problem import Array, Head, Problem
from gradatim.problems.ranked import rankings
from gradatim.problems.summed import Summed, mean_of

MOST_MISSES = 24


@dataclass(frozen=True)
class Labels(Problem):
    """K questions of yes and no, `names`; where they come as one set a cell, `separator` stands between them.

        p_k = σ(a_k);   label k is answered yes where p_k > ½

    Shapes: a (N, K); y (N, K) of 0 and 1.

    >>> Labels(("red", "blue"), "multilabel", ";").columns(np.array([[1.0, 2.0]]))["prediction"]
    ['red;blue']
    """

    kind: ClassVar[str] = "labels"
    task: ClassVar[str] = "multilabel"
    losses: ClassVar[tuple[str, ...]] = ("multilabel",)
    deciding: ClassVar[tuple[str, int]] = ("subset_accuracy", 1)
    learners: ClassVar[str] = "classifiers"

    separator: str = ""
    label_type: str = ""  # see `data.label_types`

    @property
    def question(self) -> Question:
        """The labels, and how sets of them are written."""
        return Question(self.task, self.names, self.separator, self.label_type)

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The labels, and how sets of them are written."""
        return cls(tuple(question.names), loss or cls.losses[0], question.separator)

    def check(self) -> Self:
        """The separator is a text."""
        super().check().require(isinstance(self.separator, str), "separator", "a text")
        return self

    def head(self, examples: int | None = None) -> Head:
        """One sigmoid output for each label."""
        k = len(self.names)
        return Head(k, f"{k} labels: one sigmoid output each, binary cross entropy")

    @property
    def mean_of_members(self) -> str:
        """Each label's probability."""
        return "sigmoid" if self.loss == "multilabel" else "outputs"

    def predictions(self, a: Array) -> Array:
        """The probability of each label, (N, K)."""
        return self.reader.probabilities(a)  # type: ignore[attr-defined]

    def answer(self, a: Array) -> Array:
        """0 or 1 for each label, (N, K)."""
        return self.reader.decide(a)  # type: ignore[attr-defined]

    def known_names(self, predictions: Array) -> tuple:
        """The labels of predictions (N, K), of which a loader knows none."""
        return self.names or default_names(predictions.shape[1])

    def arrays(self, a: Array) -> dict[str, Array]:
        """The answers, their probabilities, and the labels."""
        p = self.predictions(a)
        answers = as_labels(self.answer(a), self.label_type)
        return {"prediction": answers, "probabilities": p, "classes": np.array(self.known_names(p))}

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """A set of labels, or a column of answers for each; then the probability of each."""
        answers = self.answer(a)
        p, names = np.round(self.predictions(a).astype(np.float64), 6), self.known_names(answers)
        shares = {f"p({name})": p[:, k].tolist() for k, name in enumerate(names)}
        if self.separator:
            return {"prediction": Sets(names, self.separator).written(answers), **shares}
        typed = as_labels(answers, self.label_type)
        named = {f"prediction {name}" if len(names) > 1 else "prediction": typed[:, k].tolist()
                 for k, name in enumerate(names)}  # fmt: skip
        return {**named, **shares}

    def summed(self, a: Array, y: Array) -> Summed | None:
        """Whether all labels of each example are right."""
        answer = self.answer(a)
        return mean_of((answer == y.reshape(answer.shape)).all(1))

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """The share of examples whose labels are all right, and of wrong labels; mean loss."""
        return {**measures_of_labels(y, self.answer(a)), "loss": self.mean_loss(a, y)}

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """The same of any model's answers (N, K) of 0 and 1."""
        return measures_of_labels(y.reshape(predictions.shape), predictions)

    def measures_beside(self, a: Array, y: Array) -> dict[str, float]:
        """Of the answers; mean loss."""
        return self.measures(a, y)

    def loss_beside(self, a: Array, y: Array) -> float:
        """The mean loss: few examples tell shares of right answers apart by chance."""
        return self.mean_loss(a, y)

    def probability_of(self, y: Array, a: Array) -> Array:
        """That of each label's answer, (N, K)."""
        p = self.predictions(a)
        return np.where(y.reshape(p.shape) == 1, p, 1 - p)

    def constant(self, y: Array) -> tuple[str, str, Array]:
        """The commoner answer to each label."""
        share = y.reshape(len(y), -1).mean(0)
        return "majority", "the commonest answer to each label", (share > 0.5) * 1.0

    def by_class(self, a: Array, y: Array) -> ByClass:
        """Of every label."""
        answers, y = self.answer(a), np.asarray(y, bool)
        right = (answers.astype(bool) & y).sum(0)
        support, answered = y.sum(0), answers.astype(bool).sum(0)
        return ByClass(right, answered, support, self.known_names(answers), several=True)

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """Rates by label, curves by the scores, and the examples with a wrong label, those of the highest
        loss first.
        """
        answers, losses = self.answer(a), self.example_losses(a, y)
        names = self.known_names(answers)
        wrong = np.flatnonzero((y != answers).any(1))
        worst = wrong[np.argsort(-losses[wrong], kind="stable")][:MOST_MISSES]

        def listed(row: Array) -> str:
            return ", ".join(str(n) for n, there in zip(names, row, strict=True) if there) or "none"

        told = [
            {"true": listed(y[i]), "predicted": listed(answers[i]), "loss": float(losses[i])} for i in worst
        ]
        p = self.predictions(a)
        curves = rankings(p, y, names) if np.isfinite(p).all() else []
        found: list[Evidence] = [self.by_class(a, y)] if len(y) else []
        return [*found, *([Ranking(curves)] if curves else []), Misses(worst.tolist(), told)]

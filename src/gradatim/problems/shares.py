"""How probable each of K classes is (curriculum B11)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.question import Question, default_names
from gradatim.data.shares import check_shares
from gradatim.problems.evidence import Evidence, Misses
from gradatim.problems.measures import TINY
from gradatim.problems.problem import Array, Head, Problem
from gradatim.problems.summed import Summed, mean_of

MOST_MISSES = 24


@dataclass(frozen=True)
class Shares(Problem):
    """A distribution over K classes, `names`, as target: labels that are uncertain, or another's softmax.

        p = softmax(a);   KL = Σ_k y_k log(y_k/p_k)

    Shapes: a (N, K); y (N, K) of probabilities, whose rows sum to 1.

    >>> Shares(("no", "yes"), "cross_entropy").predictions(np.array([[0.0, 0.0]]))
    array([[0.5, 0.5]])
    """

    kind: ClassVar[str] = "shares"
    task: ClassVar[str] = "distribution"
    losses: ClassVar[tuple[str, ...]] = ("cross_entropy", "kl_divergence")
    deciding: ClassVar[tuple[str, int]] = ("kl_divergence", -1)

    @classmethod
    def also_reads(cls, question: Question, y: Array | None) -> bool:
        """Whether targets of another task are several columns, as which distributions come, too."""
        several = y is not None and y.ndim == 2 and y.shape[1] > 1
        return several and question.task in ("regression", "multilabel") and not question.separator

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """The classes; UsageError for a row that is no distribution."""
        if y is not None:
            check_shares(y)
        return cls(tuple(question.names), loss or cls.losses[0])

    def head(self, examples: int | None = None) -> Head:
        """One softmax output for each class; UsageError for fewer than two."""
        k = len(self.names)
        if k < 2:
            raise UsageError(f"a distribution is over two classes or more; the target has {k} column")
        return Head(k, f"a distribution over {k} classes: one softmax output each, cross entropy")

    def targets(self, y: Array) -> Array:
        """The probabilities as fractions."""
        return y.astype(np.float64)

    def predictions(self, a: Array) -> Array:
        """The probability of each class, (N, K)."""
        return self.reader.probabilities(a)  # type: ignore[attr-defined]

    def answer(self, a: Array) -> Array:
        """The most probable class, (N,)."""
        return self.predictions(a).argmax(1)

    def known_names(self, p: Array) -> tuple:
        """The classes, of which a loader knows none."""
        return self.names or default_names(p.shape[1])

    def arrays(self, a: Array) -> dict[str, Array]:
        """The most probable class, the probability of each, and the classes."""
        p = self.predictions(a)
        names = np.array(self.known_names(p))
        return {"prediction": names[p.argmax(1)], "probabilities": p, "classes": names}

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """The most probable class, and the probability of each."""
        found = self.arrays(a)
        p = np.round(found["probabilities"].astype(np.float64), 6)
        shares = {f"p({name})": p[:, k].tolist() for k, name in enumerate(self.known_names(p))}
        return {"prediction": found["prediction"].tolist(), **shares}

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """The mean KL divergence, the mean difference of a probability, how often the likeliest agree."""
        p = np.maximum(predictions, TINY)
        own = y * np.log(np.where(y > 0, y, 1))
        return {
            "kl_divergence": float((own - y * np.log(p)).sum(1).mean()),
            "mae": float(np.abs(predictions - y).mean()),
            "accuracy": float((predictions.argmax(1) == y.argmax(1)).mean()),
        }

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The divergence of each example."""
        own = y * np.log(np.where(y > 0, y, 1))
        return mean_of((own - y * np.log(np.maximum(self.predictions(a), TINY))).sum(1))

    def constant(self, y: Array) -> tuple[str, str, Array]:
        """The mean distribution."""
        return "mean", "the mean of the target", y.mean(0)

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The examples with the highest loss."""
        p, losses, names = self.predictions(a), self.example_losses(a, y), self.known_names(a)
        if not np.isfinite(losses).all():
            return ()
        worst = np.argsort(-losses, kind="stable")[:MOST_MISSES]

        def listed(row: Array) -> str:
            return ", ".join(f"{name} {share:.2f}" for name, share in zip(names, row, strict=True))

        told = [{"true": listed(y[i]), "predicted": listed(p[i]), "loss": float(losses[i])} for i in worst]
        return (Misses(worst.tolist(), told),)

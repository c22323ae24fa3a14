"""The inputs again, from what a network keeps of them (curriculum F1, F6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from scipy.special import expit

from gradatim.data.encoders.encoder import Encoder
from gradatim.data.inputs import numbers_of
from gradatim.data.question import Question
from gradatim.problems.evidence import Evidence, Reconstructions
from gradatim.problems.problem import Array, Head, Problem
from gradatim.problems.summed import Summed, mean_of

SHOWN = 12  # examples
SAID = {
    "squared_error": "squared error", "absolute_error": "absolute error", "": "a loss of its own",
    "multilabel": "a Bernoulli distribution each",
}  # fmt: skip


@dataclass(frozen=True)
class Reconstruction(Problem):
    """Every number of an encoded input, said again.

        x̂ = f(x; θ), or σ(f(x; θ)) of Bernoulli outputs
        error = mean over all numbers of (x̂ − x)²,   beside the variance of x over the examples

    Shapes: a (N, …) and x (N, …) of equally many numbers.

    >>> x = np.array([[0.0], [2.0]])
    >>> Reconstruction().measures_of(x + 0.5, x)
    {'reconstruction_error': 0.25, 'variance_explained': 0.75}
    """

    kind: ClassVar[str] = "reconstruction"
    task: ClassVar[str] = "reconstruction"
    losses: ClassVar[tuple[str, ...]] = ("squared_error", "absolute_error", "multilabel")
    deciding: ClassVar[tuple[str, int]] = ("reconstruction_error", -1)
    reads_target: ClassVar[bool] = False

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """Nothing of the data's targets is read."""
        return cls((), loss or cls.losses[0])

    def head(self, examples: int | None = None) -> Head:
        """As many outputs as an input has numbers."""
        return Head(0, f"the input again: one output for each of its numbers, {SAID[self.loss or '']}")

    def truth(self, y: Array | None, x: Array) -> Array:
        """The inputs themselves, (N, D)."""
        return numbers_of(x)

    def predictions(self, a: Array) -> Array:
        """The inputs as they are said again, (N, D), in the numbers that the network sees."""
        a = a.reshape(len(a), -1)
        return expit(a) if self.loss == "multilabel" else a

    def answer(self, a: Array) -> Array:
        """The same."""
        return self.predictions(a)

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """A column for each number that the network sees."""
        again = self.predictions(a)
        return {f"x{k + 1}": column.tolist() for k, column in enumerate(again.T)}

    def columns_in_own_units(
        self, a: Array, encoder: Encoder, features: tuple[str, ...]
    ) -> dict[str, list[Any]]:
        """The columns of the data in their own units, `reconstruction NAME` where they have names."""
        return reconstructed_columns(self.predictions(a), encoder, features)

    def scores(self, a: Array, y: Array) -> dict[str, Array]:
        """The mean squared error of each example: large for one unlike those of training."""
        error = (self.predictions(a).astype(np.float64) - y) ** 2
        return {"reconstruction_error": error.mean(1)}

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """The mean squared error of a number, and the share of the inputs' variance that is explained."""
        error = float(np.mean((predictions.astype(np.float64) - y) ** 2))
        spread = float(np.mean(y.astype(np.float64).var(0)))
        return {"reconstruction_error": error, "variance_explained": 1 - error / spread if spread else 0.0}

    def summed(self, a: Array, y: Array) -> Summed | None:
        """The squared error of each example."""
        r = self.predictions(a).astype(np.float64) - y
        return mean_of((r**2).reshape(len(y), -1).mean(1))

    def constant(self, y: Array) -> tuple[str, str, Array]:
        """The mean input."""
        return "mean", "the mean input", y.mean(0)

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The first examples beside what is said of them."""
        rows = np.arange(min(SHOWN, len(y)))
        return (Reconstructions(rows.tolist(), y[rows], self.predictions(a)[rows]),)


def reconstructed_columns(again: Array, encoder: Encoder, features: tuple[str, ...]) -> dict[str, list[Any]]:
    """Reconstructions (N, D) of encoded inputs by the columns of the data, in their units.

    >>> from gradatim.data.encoders.plain import Plain
    >>> reconstructed_columns(np.ones((1, 2)), Plain(), ("size", "weight"))
    {'reconstruction size': [1.0], 'reconstruction weight': [1.0]}
    >>> list(reconstructed_columns(np.ones((1, 2)), Plain(), ()))
    ['x1', 'x2']
    """
    columns = encoder.decode(again, features)
    if len(encoder.names(features)) != again.shape[1]:
        return columns
    return {f"reconstruction {name}": column for name, column in columns.items()}

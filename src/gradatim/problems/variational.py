"""How probable inputs are, by bounds on their log-likelihood (curriculum F5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.data.encoders.encoder import Encoder
from gradatim.data.inputs import numbers_of
from gradatim.data.question import Question
from gradatim.problems.evidence import Evidence, Reconstructions
from gradatim.problems.problem import Array, Head, Problem
from gradatim.problems.reconstruction import Reconstruction, reconstructed_columns

SHOWN = 12  # examples
BESIDE = 3  # numbers behind the means of the inputs
ELBO, BOUND, DIVERGENCE = -3, -2, -1
SAID = {"multilabel": "Bernoulli", "gaussian_nll": "Gaussian"}


@dataclass(frozen=True)
class Variational(Problem):
    """The distribution of inputs by a variational autoencoder, in nats an example.

        ELBO = E_q log p(x | z) − KL(q(z | x)‖p(z)) ≤ importance-weighted bound ≤ log p(x)

    Shapes: a (N, D + 3), the means of p(x | z = μ), the ELBO, that bound and the KL; x (N, D).

    >>> a, x = np.array([[0.5, -3.0, -2.0, 1.0]]), np.array([[1.0]])
    >>> {name: round(value, 2) for name, value in Variational((), "multilabel").measures(a, x).items()}
    {'elbo': -3.0, 'iwae_bound': -2.0, 'kl': 1.0, 'reconstruction_error': 0.25, 'variance_explained': 0.0, \
'loss': 3.0}
    """

    kind: ClassVar[str] = "variational"
    task: ClassVar[str] = "density"
    losses: ClassVar[tuple[str, ...]] = ("multilabel", "gaussian_nll")
    deciding: ClassVar[tuple[str, int]] = ("elbo", 1)
    reads_target: ClassVar[bool] = False
    own_network: ClassVar[str] = "vae"

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: str | None) -> Self:
        """Nothing of the data's targets is read."""
        return cls((), loss or cls.losses[0])

    def head(self, examples: int | None = None) -> Head:
        """As many outputs as an input has numbers."""
        return Head(0, f"a {SAID[self.loss or '']} distribution for each number of the input")

    def truth(self, y: Array | None, x: Array) -> Array:
        """The inputs themselves, (N, D)."""
        return numbers_of(x)

    def predictions(self, a: Array) -> Array:
        """The inputs as they are said again, (N, D), in the numbers that the network sees."""
        return a[:, :-BESIDE]

    def answer(self, a: Array) -> Array:
        """The same."""
        return self.predictions(a)

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """Both bounds, low for an example unlike those of training, and a column for each number."""
        return self._bounds(a) | Reconstruction().columns(self.predictions(a))

    def columns_in_own_units(
        self, a: Array, encoder: Encoder, features: tuple[str, ...]
    ) -> dict[str, list[Any]]:
        """The same bounds, and the columns of the data in their own units."""
        return self._bounds(a) | reconstructed_columns(self.predictions(a), encoder, features)

    def _bounds(self, a: Array) -> dict[str, list[Any]]:
        return {"elbo": a[:, ELBO].tolist(), "iwae_bound": a[:, BOUND].tolist()}

    def arrays(self, a: Array) -> dict[str, Array]:
        """The inputs again, and both bounds."""
        return {"prediction": self.predictions(a), "elbo": a[:, ELBO], "iwae_bound": a[:, BOUND]}

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """Both bounds and the KL in nats, and how well the inputs are said again."""
        elbo, bound, divergence = a[:, -BESIDE:].mean(0, dtype=np.float64).tolist()
        again = self.measures_of(self.predictions(a), y)
        return {"elbo": elbo, "iwae_bound": bound, "kl": divergence, **again, "loss": self.mean_loss(a, y)}

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """The mean squared error of a number, and the share of the inputs' variance that is explained."""
        error = float(np.mean((predictions.astype(np.float64) - y) ** 2))
        spread = float(np.mean(y.astype(np.float64).var(0)))
        return {"reconstruction_error": error, "variance_explained": 1 - error / spread if spread else 0.0}

    def example_losses(self, a: Array, y: Array) -> Array:
        """The negative ELBO of each example, (N,)."""
        return -a[:, ELBO].astype(np.float64)

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """The first examples beside what is said of them."""
        rows = np.arange(min(SHOWN, len(y)))
        return (Reconstructions(rows.tolist(), y[rows], self.predictions(a)[rows]),)

"""Squared error against maximum likelihood where the noise depends on x (B10)."""

from collections.abc import Sequence
from math import log, pi, sqrt

import numpy as np

from gradatim.by_hand.losses.distributions import GaussianNLL
from gradatim.by_hand.losses.numbers import SquaredError
from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.digits import Rows
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.models.mlp import mlp
from gradatim.random import generator
from gradatim.training.training import Training

NLL = GaussianNLL()
WITHIN = 1.6449  # standard deviations on each side that hold 90 % of a Gaussian


class Likelihood(Claim):
    """A network that gives mean and variance, trained by maximum likelihood (Nix & Weigend 1994).

        −log p(y) = ½ log 2πσ² + (y − μ)²/2σ²;   with σ fixed: a constant, and (y − μ)² times 1/2σ²

    The network of squared error gets the one σ that suits its training residuals best.
    """

    title = "Squared error and maximum likelihood"
    claim = (
        "Where the noise of y depends on x, a network that learns mean and variance by maximum likelihood "
        "predicts the spread that is there, and its likelihood on the test is higher than that of squared "
        "error with one spread; with a fixed spread the two losses differ by a factor and a constant."
    )
    data = (
        "y = sin 2πx + σ(x) z, σ(x) = 0.05 + 0.45 x, x from U(0, 1), z normal; 2,000 points to learn from, "
        "2,000 for the test, drawn anew by each seed"
    )
    measure = (
        "the mean of |predicted σ/σ(x) − 1| over x in [0, 1]; −log p of a test point in nats; the share of "
        "test points inside the 90 % interval, in the third of x where it is furthest from 0.9"
    )
    thresholds = (
        Threshold("spread_learned", "error of the predicted spread, maximum likelihood", "≤", 0.15),
        Threshold("spread_fixed", "error of the one spread, squared error", "≥", 0.4),
        Threshold("nats", "nats a test point that maximum likelihood is better by", "≥", 0.1),
        Threshold("coverage_learned", "distance from 0.9 in the worst third, maximum likelihood", "≤", 0.05),
        Threshold("identity", "largest |NLL − (squared error/2σ² + ½ log 2πσ²)| with σ fixed", "≤", 1e-12),
    )
    sizes = Sizes(
        default={"points": 2000, "hidden": 32, "epochs": 60},
        full={"points": 20000, "hidden": 64, "epochs": 200},
    )

    def run(self, seed: int, points: int, hidden: int, epochs: int) -> Measures:
        """Train both networks, and measure what they say of the spread."""
        train, test = (_points(seed, part, points) for part in ("train", "test"))
        squared = _learn(mlp(1, 1, (hidden, hidden), "tanh"), "squared_error", train, seed, epochs)
        learned = _learn(mlp(1, 2, (hidden, hidden), "tanh"), "gaussian_nll", train, seed, epochs)
        one = float(np.sqrt(SquaredError().mean(squared.outputs(_centred(train[0])), train[1])))
        fixed = np.pad(squared.outputs(_centred(test[0])), ((0, 0), (0, 1)), constant_values=2 * log(one))
        given = learned.outputs(_centred(test[0]))
        grid = np.linspace(0, 1, 101)[:, None]
        predicted = NLL.spread(learned.outputs(_centred(grid)))[:, 0]
        by_hand = SquaredError()(fixed[:, :1], test[1]) / (2 * one**2) + 0.5 * log(2 * pi * one**2)
        return {
            "x": grid[:, 0], "predicted": predicted, "one": np.full(len(grid), one),
            "true": spread(grid[:, 0]),
            "mean_learned": learned.outputs(_centred(grid))[:, 0],
            "mean_squared": squared.outputs(_centred(grid))[:, 0],
            "spread_learned": float(np.abs(predicted / spread(grid[:, 0]) - 1).mean()),
            "spread_fixed": float(np.abs(one / spread(grid[:, 0]) - 1).mean()),
            "nats": NLL.mean(fixed, test[1]) - NLL.mean(given, test[1]),
            "coverage_learned": worst_coverage(given, test), "coverage_fixed": worst_coverage(fixed, test),
            "identity": float(np.abs(NLL(fixed, test[1]) - by_hand).max()),
        }  # fmt: skip

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The spread by x, true and predicted."""
        names = {"true": "σ(x) of the data", "predicted": "maximum likelihood", "one": "squared error, one σ"}
        spreads = {said: (results[0]["x"], mean_of(results, key)) for key, said in names.items()}
        x = results[0]["x"]
        means = {"sin 2πx": (x, np.sin(2 * np.pi * np.array(x))),
                 "maximum likelihood": (x, mean_of(results, "mean_learned")),
                 "squared error": (x, mean_of(results, "mean_squared"))}  # fmt: skip
        left = panel_of_lines(
            "x", "standard deviation", spreads, "the spread by x: maximum likelihood follows that of the data"
        )
        right = panel_of_lines("x", "mean", means, "the mean by x: both losses find it")
        return Chart(self.title, (left, right), columns=2)


def spread(x: np.ndarray) -> np.ndarray:
    """σ(x) of the data."""
    return 0.05 + 0.45 * x


def worst_coverage(outputs: np.ndarray, rows: Rows) -> float:
    """How far from 0.9 the share inside the 90 % interval is, in the third of x where it is furthest."""
    mu, sigma = outputs[:, 0], NLL.spread(outputs)[:, 0]
    inside = np.abs(rows[1] - mu) <= WITHIN * sigma
    third = np.minimum((3 * rows[0][:, 0]).astype(int), 2)
    return max(abs(float(inside[third == k].mean()) - 0.9) for k in range(3))


def _points(seed: int, part: str, n: int) -> Rows:
    random = generator(seed, f"noise that depends on x, {part}")
    x = random.uniform(0, 1, (n, 1))
    return x, np.sin(2 * np.pi * x[:, 0]) + spread(x[:, 0]) * random.normal(size=n)


def _centred(x: np.ndarray) -> np.ndarray:
    """What the networks see: x with mean 0 and variance 1."""
    return (x - 0.5) * sqrt(12)


def _learn(layers: list, loss: str, rows: Rows, seed: int, epochs: int) -> Network:
    network = Network(layers, seed=seed, dtype=np.float64)
    training = Training(
        network,
        (_centred(rows[0]), rows[1]),
        loss=loss,
        epochs=epochs,
        lr=0.01,
        schedule="cosine",
        seed=seed,
        precision="float64",
    )
    for _ in training:
        pass
    return network

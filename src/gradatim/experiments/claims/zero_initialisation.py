"""Weights that all begin at zero (B13)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.digits import Splits, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.models.mlp import mlp
from gradatim.training.training import Training

ACTIVATIONS = ("relu", "tanh", "sigmoid")


class ZeroInitialisation(Claim):
    """A network whose weights all begin at zero cannot use its hidden units (Rumelhart et al. 1986).

        h = g(W₁x + b₁),  ŷ = W₂h + b₂,   ∂L/∂W₁ = (W₂ᵀδ ⊙ g′(W₁x + b₁)) xᵀ,   ∂L/∂W₂ = δhᵀ

    W₂ = 0 makes ∂L/∂W₁ = 0, and g(0) = 0 makes ∂L/∂W₂ = 0: with ReLU and tanh no weight ever moves. With the
    sigmoid, h = ½ moves W₂, by the same for every hidden unit, and so all of them stay copies of one.
    """

    title = "Zero initialisation fails"
    claim = (
        "A network whose weights all begin at zero does not learn to use its hidden units: with ReLU and "
        "tanh no weight moves, with the sigmoid all hidden units stay copies of each other; from random "
        "weights the same networks learn."
    )
    data = "handwritten digits (scikit-learn), 1,200 to learn from, 597 for the test, drawn anew by each seed"
    measure = (
        "after gradient descent of one hidden layer: the largest change of a weight, the largest difference "
        "between the weights of two hidden units, and test accuracy"
    )
    thresholds = (
        Threshold("moved_relu", "largest change of a weight from zero, ReLU", "≤", 0.0),
        Threshold("moved_tanh", "largest change of a weight from zero, tanh", "≤", 0.0),
        Threshold("apart_sigmoid", "largest difference between two hidden units, sigmoid", "≤", 1e-9),
        Threshold("best_zero", "best test accuracy of the three from zero", "≤", 0.5),
        Threshold("worst_random", "worst test accuracy of the three from random weights", "≥", 0.9),
    )
    sizes = Sizes(
        default={"hidden": 32, "epochs": 40, "lr": 0.2, "train": 1200},
        full={"hidden": 128, "epochs": 200, "lr": 0.2, "train": 1200},
    )

    def run(self, seed: int, hidden: int, epochs: int, lr: float, train: int) -> Measures:
        """Train each activation from zero and from random weights."""
        splits = digit_splits(seed, train)
        curves, found = {}, {}
        for activation in ACTIVATIONS:
            for begins, init in (("zero", "zeros"), ("random", None)):
                layers = mlp(64, 10, (hidden,), activation, init=init)
                network = Network(layers, seed=seed, dtype=np.float64)
                first = network.state_dict()
                curves[f"{activation}_{begins}"] = _learn(network, splits, seed, epochs, lr)
                if begins == "zero":
                    found[f"moved_{activation}"] = _moved(network, first)
                    found[f"apart_{activation}"] = float(np.ptp(network.parameters["1.weight"], axis=0).max())
        ends = {name: curve[-1] for name, curve in curves.items()}
        return {
            **found,
            **curves,
            "best_zero": max(ends[f"{one}_zero"] for one in ACTIVATIONS),
            "worst_random": min(ends[f"{one}_random"] for one in ACTIVATIONS),
        }

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Test accuracy by epoch, the mean over seeds."""
        names = [(one, begins) for begins in ("random", "zero") for one in ACTIVATIONS]
        lines: dict[str, Any] = {}
        for one, begins in names:
            accuracy = mean_of(results, f"{one}_{begins}")
            lines[f"{one}, {begins} weights"] = np.arange(1, len(accuracy) + 1), accuracy
        words = "test accuracy by epoch: networks from random weights learn, those from zero hardly"
        return Chart(self.title, (panel_of_lines("epoch", "test accuracy", lines, words),))


def _learn(network: Network, splits: Splits, seed: int, epochs: int, lr: float) -> list[float]:
    """The test accuracy after each epoch of gradient descent."""
    training = Training(
        network, splits.train, valid=splits.test, optimizer="sgd", lr=lr, epochs=epochs, seed=seed,
        precision="float64",
    )  # fmt: skip
    return [record.valid["accuracy"] for record in training]


def _moved(network: Network, first: dict[str, np.ndarray]) -> float:
    """The largest change of a weight; biases are left out."""
    now = network.state_dict()
    return max(float(np.abs(now[key] - first[key]).max()) for key in now if key.endswith("weight"))

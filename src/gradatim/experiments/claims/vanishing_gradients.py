"""Gradients that vanish with depth (B14)."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.digits import Rows, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.models.mlp import mlp
from gradatim.training.training import Training

ACTIVATIONS = {"sigmoid": "sigmoid, Glorot's weights", "relu": "ReLU, He's weights"}


class VanishingGradients(Claim):
    """The gradient on its way back through many sigmoid layers (Hochreiter 1991; Glorot & Bengio 2010).

        ∂L/∂h_{d−1} = W_dᵀ (∂L/∂h_d ⊙ g′(z_d)),   σ′ ≤ ¼,   ReLU′ is 0 or 1

    Each sigmoid layer makes the gradient at least four times smaller, unless its weights make it larger.
    """

    title = "Gradients vanish with depth"
    claim = (
        "In a deep network of sigmoid units the gradient of the loss by a layer's weights falls by orders "
        "of magnitude from the last hidden layer to the first, and the network does not learn; with ReLU "
        "and He's initialisation neither happens."
    )
    data = "handwritten digits (scikit-learn), 1,200 to learn from, 597 for the test, drawn anew by each seed"
    measure = (
        "the Frobenius norm of ∂L/∂W of each of eight hidden layers at the first weights, over the first "
        "512 examples; test accuracy by epoch of gradient descent, η = 0.1"
    )
    thresholds = (
        Threshold("ratio_sigmoid", "gradient of the first hidden layer over the last's, sigmoid", "≤", 1e-3),
        Threshold("ratio_relu", "gradient of the first hidden layer over the last's, ReLU", "≥", 0.1),
        Threshold("accuracy_gain", "test accuracy with ReLU less that with sigmoid", "≥", 0.3),
    )
    sizes = Sizes(
        default={"depth": 8, "hidden": 32, "epochs": 20, "train": 1200},
        full={"depth": 24, "hidden": 64, "epochs": 100, "train": 1200},
    )

    def run(self, seed: int, depth: int, hidden: int, epochs: int, train: int) -> Measures:
        """The norms of both networks, and how they learn."""
        splits = digit_splits(seed, train)
        found: Measures = {}
        for name in ACTIVATIONS:
            network = Network(mlp(64, 10, (hidden,) * depth, name), seed=seed, dtype=np.float64)
            norms = gradient_norms(network, splits.train)[:depth]
            training = Training(
                network, splits.train, valid=splits.test, optimizer="sgd", lr=0.1, epochs=epochs, seed=seed,
                precision="float64",
            )  # fmt: skip
            found[f"norms_{name}"] = norms
            found[f"accuracy_{name}"] = [record.valid["accuracy"] for record in training]
            found[f"ratio_{name}"] = norms[0] / norms[-1]
        found["accuracy_gain"] = found["accuracy_relu"][-1] - found["accuracy_sigmoid"][-1]
        return found

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The norms by layer, and test accuracy by epoch."""
        norms = {said: mean_of(results, f"norms_{name}") for name, said in ACTIVATIONS.items()}
        accuracy = {said: mean_of(results, f"accuracy_{name}") for name, said in ACTIVATIONS.items()}
        left = panel_of_lines(
            "hidden layer, from the input on", "‖∂L/∂W‖ before training", _from_one(norms),
            "the gradient by layer: with sigmoid it falls towards the input by orders of magnitude",
            log_y=True,
        )  # fmt: skip
        right = panel_of_lines(
            "epoch", "test accuracy", _from_one(accuracy), "test accuracy by epoch: only ReLU learns"
        )
        return Chart(self.title, (left, right), columns=2)


def gradient_norms(network: Network, rows: Rows, most: int = 512) -> list[float]:
    """‖∂L/∂W_d‖ of every layer with weights, L the mean cross entropy over the first examples."""
    x, y = rows[0][:most], rows[1][:most]
    _, slope = CrossEntropy().mean_and_gradient(network.forward(x, training=True), y)
    network.backward(slope)
    return [float(np.linalg.norm(g)) for name, g in network.gradients.items() if name.endswith("weight")]


def _from_one(curves: dict[str, np.ndarray]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    return {name: (np.arange(1, len(curve) + 1), curve) for name, curve in curves.items()}

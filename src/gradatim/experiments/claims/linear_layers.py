"""Linear layers on each other are one linear layer (B1)."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.data.teaching.spirals import spirals
from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.models.mlp import mlp
from gradatim.training.training import Training


class LinearLayers(Claim):
    """Depth without a non-linear function in between adds nothing: a product of matrices is a matrix.

        W₃(W₂(W₁x + b₁) + b₂) + b₃ = Wx + b,   W = W₃W₂W₁,   b = W₃W₂b₁ + W₃b₂ + b₃

    So depth needs a function g between the layers that is not linear.
    """

    title = "Linear layers compose to one linear layer"
    claim = (
        "A network of linear layers computes what the single layer W = W₃W₂W₁ computes, and is no more "
        "accurate than one layer that is trained; with ReLU between the same layers it is."
    )
    data = "three arms of a spiral in the plane, 600 points to learn from, 600 others for the test"
    measure = (
        "the largest difference between the trained linear network and its single layer, relative to the "
        "largest output, in float64; test accuracy of the deep linear network, of one layer, and with ReLU"
    )
    thresholds = (
        Threshold("difference", "relative difference from the single layer", "≤", 1e-12),
        Threshold("linear_gain", "accuracy of the deep linear network less that of one layer", "≤", 0.05),
        Threshold("relu_gain", "accuracy with ReLU less that of the deep linear network", "≥", 0.2),
    )
    sizes = Sizes(
        default={"hidden": (32, 32), "epochs": 60, "points": 600},
        full={"hidden": (128, 128, 128, 128), "epochs": 400, "points": 6000},
    )

    def run(self, seed: int, hidden: Sequence[int], epochs: int, points: int) -> Measures:
        """Train three networks on the same points, and multiply the linear one's matrices."""
        data = spirals(n=2 * points, noise=0.05, seed=seed)
        x, y = data.x, np.asarray(data.y)
        train, test = (x[::2], y[::2]), (x[1::2], y[1::2])
        networks = {
            "deep_linear": mlp(2, 3, hidden, "identity", init="he_uniform"),
            "one_layer": mlp(2, 3, ()),
            "relu": mlp(2, 3, hidden, "relu"),
        }
        found: Measures = {}
        for name, layers in networks.items():
            network = Network(layers, seed=seed, dtype=np.float64)
            training = Training(
                network, train, valid=test, lr=0.01, epochs=epochs, seed=seed, precision="float64"
            )
            found[name] = [record.valid["accuracy"] for record in training]
            if name == "deep_linear":
                found["difference"] = difference_from_one_layer(network, test[0])
        ends = {name: found[name][-1] for name in networks}
        found["linear_gain"] = ends["deep_linear"] - ends["one_layer"]
        found["relu_gain"] = ends["relu"] - ends["deep_linear"]
        return found

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Test accuracy by epoch, the mean over seeds."""
        names = {"relu": "with ReLU between the layers", "deep_linear": "the same layers, linear",
                 "one_layer": "one layer"}  # fmt: skip
        curves = {said: mean_of(results, key) for key, said in names.items()}
        lines = {said: (np.arange(1, len(curve) + 1), curve) for said, curve in curves.items()}
        words = "test accuracy by epoch on a spiral: the deep linear network stays with one layer"
        return Chart(self.title, (panel_of_lines("epoch", "test accuracy", lines, words),))


def difference_from_one_layer(network: Network, x: np.ndarray) -> float:
    """The largest |f(x) − (Wx + b)| over the largest |f(x)|, W and b multiplied out of the layers' own."""
    weight, bias = np.eye(x.shape[1]), np.zeros(x.shape[1])
    for layer in network.layers:
        if layer.shapes:
            W, b = layer.parameters["weight"], layer.parameters["bias"]
            weight, bias = W @ weight, W @ bias + b
    deep = network.outputs(x)
    return float(np.abs(deep - (x @ weight.T + bias)).max() / np.abs(deep).max())

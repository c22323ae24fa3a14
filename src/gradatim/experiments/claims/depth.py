"""The benefit of depth at equal parameters (A6)."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.data.teaching.spirals import spirals
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Rows, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.models.mlp import mlp
from gradatim.training.training import Training

TASKS = {"spirals": (2, 3), "digits": (64, 10)}  # inputs, classes


class Depth(Claim):
    """Several hidden layers against one of as many parameters (Bengio 2009; Goodfellow et al. 2014).

        P(l, h) = Dh + h + (l − 1)(h² + h) + hK + K

    The width h is the one with which l layers of D inputs and K classes have P nearest the budget.
    """

    title = "The benefit of depth at equal parameters"
    claim = (
        "At an equal number of parameters, networks with two or three hidden layers are more accurate on "
        "the test than those with one, at every size."
    )
    data = (
        "three arms of a spiral that wind twice, 900 points to learn from, 900 for the test; handwritten "
        "digits (scikit-learn), 1,200 and 597; both drawn anew by each seed"
    )
    measure = (
        "test accuracy after the same number of epochs of Adam with a cosine schedule, by depth and by "
        "parameters; the best of depths 2 and 3 less depth 1, the least of all sizes"
    )
    thresholds = (
        Threshold("gain_spirals", "spirals: least gain of depth over all sizes", "≥", 0.02),
        Threshold("gain_digits", "digits: least gain of depth over all sizes", "≥", 0.005),
    )
    sizes = Sizes(
        default={"depths": (1, 2, 3), "spirals": (150, 400, 1200), "digits": (800, 2400, 8000), "epochs": 60},
        full={"depths": (1, 2, 3, 4, 6), "spirals": (150, 400, 1200, 4000),
              "digits": (800, 2400, 8000, 30000), "epochs": 400},
    )  # fmt: skip

    def run(
        self, seed: int, depths: Sequence[int], spirals: Sequence[int], digits: Sequence[int], epochs: int
    ) -> Measures:
        """Train every depth at every size on both sets."""
        found: Measures = {"depths": list(depths)}
        for name, budgets in (("spirals", spirals), ("digits", digits)):
            train, test = _examples(name, seed)
            accuracies = np.array(
                [[_accuracy(name, depth, p, train, test, seed, epochs) for p in budgets] for depth in depths]
            )
            found[f"budgets_{name}"] = list(budgets)
            found[f"widths_{name}"] = [
                [width_for(depth, p, *TASKS[name]) for p in budgets] for depth in depths
            ]
            found[f"accuracy_{name}"] = accuracies
            found[f"gain_{name}"] = float((accuracies[1:3].max(0) - accuracies[0]).min())
        return found

    def table(self, results: Sequence[Measures]) -> Table:
        """Test accuracy by parameters and depth, the mean over seeds."""
        rows = []
        for name in TASKS:
            means = mean_of(results, f"accuracy_{name}")
            for k, budget in enumerate(results[0][f"budgets_{name}"]):
                rows.append([f"{name}, {budget} parameters", *(f"{one[k]:.3f}" for one in means)])
        return Table(["test accuracy", *(f"depth {depth}" for depth in results[0]["depths"])], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Test accuracy by parameters, a line for each depth."""
        panels = []
        for name in TASKS:
            means = mean_of(results, f"accuracy_{name}")
            lines = {
                f"{depth} hidden layer{'s' if depth > 1 else ''}": (results[0][f"budgets_{name}"], one)
                for depth, one in zip(results[0]["depths"], means, strict=True)
            }
            words = f"{name}: test accuracy by the number of parameters, a line for each depth"
            panels.append(panel_of_lines("parameters", f"test accuracy, {name}", lines, words, log_x=True))
        return Chart(self.title, tuple(panels), columns=2)


def parameters_of(depth: int, width: int, inputs: int, classes: int) -> int:
    """The parameters of `depth` hidden layers of this width.

    >>> parameters_of(1, 3, 2, 1), parameters_of(2, 3, 2, 1)
    (13, 25)
    """
    return (inputs + 1) * width + (depth - 1) * (width + 1) * width + (width + 1) * classes


def width_for(depth: int, parameters: int, inputs: int, classes: int) -> int:
    """The width whose number of parameters is nearest."""
    return min(range(1, parameters), key=lambda h: abs(parameters_of(depth, h, inputs, classes) - parameters))


def _examples(name: str, seed: int) -> tuple[Rows, Rows]:
    if name == "digits":
        splits = digit_splits(seed, 1200)
        return splits.train, splits.test
    data = spirals(n=1800, noise=0.03, turns=2.0, seed=seed)
    x, y = data.x, np.asarray(data.y)
    return (x[::2], y[::2]), (x[1::2], y[1::2])


def _accuracy(
    name: str, depth: int, parameters: int, train: Rows, test: Rows, seed: int, epochs: int
) -> float:
    inputs, classes = TASKS[name]
    width = width_for(depth, parameters, inputs, classes)
    network = Network(mlp(inputs, classes, (width,) * depth), seed=seed)
    training = Training(network, train, epochs=epochs, lr=0.01, schedule="cosine", seed=seed)
    for _ in training:
        pass
    return float((network.outputs(test[0]).argmax(1) == test[1]).mean())

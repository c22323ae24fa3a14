"""What gradients cost: backpropagation against one difference per weight (B17)."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import median
from time import perf_counter

import numpy as np

from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Rows, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.explain.number_format import count
from gradatim.models.mlp import mlp
from gradatim.random import generator

STEP = 1e-6  # of a difference
REPEATS = 60  # of a time, whose median counts
LOSS = CrossEntropy()


class GradientCost(Claim):
    """Backpropagation costs about two forward passes, however many the weights (Rumelhart et al. 1986).

        forward: Σ_d n_{d−1} n_d multiply-adds an example;   backward: as many for ∂L/∂W_d, as many for
        ∂L/∂h_{d−1}, none for the input;   differences: (L(θ + εe_i) − L(θ))/ε takes a forward pass a weight

    So its cost is that of a few forward passes, where a difference costs one for every weight.
    """

    title = "The cost of gradients"
    claim = (
        "The time of a backward pass stays at a constant multiple of the forward pass as the network grows, "
        "while the time of one forward difference per weight grows in proportion to the weights; both give "
        "the same gradient."
    )
    data = "64 handwritten digits (scikit-learn), drawn by each seed; networks with two equal hidden layers"
    measure = (
        "multiply-adds counted; medians of sixty times of a forward pass, of a backward pass and of "
        "differences (of all weights, or of 300 and scaled up); the slope of log differences ÷ forward over "
        "log weights"
    )
    thresholds = (
        Threshold("counted_ratio", "multiply-adds backward over forward, the largest", "≤", 2.0),
        Threshold("timed_ratio", "time backward over forward, the largest", "≤", 4.0),
        Threshold("timed_slope", "exponent of the weights in the cost of differences, at least", "≥", 0.8),
        Threshold("timed_slope", "exponent of the weights in the cost of differences, at most", "≤", 1.2),
        Threshold("error", "largest difference of the two gradients, relative to the largest", "≤", 1e-4),
    )
    sizes = Sizes(
        default={"widths": (8, 16, 32, 64, 128, 256), "examples": 64, "weights": 300},
        full={"widths": (8, 16, 32, 64, 128, 256, 512, 1024), "examples": 64, "weights": 3000},
    )

    def run(self, seed: int, widths: Sequence[int], examples: int, weights: int) -> Measures:
        """Count and time every size."""
        rows = digit_splits(seed, examples).train
        costs = [_costs(width, rows, seed, weights) for width in widths]
        found: Measures = {key: [one[key] for one in costs] for key in costs[0]}
        found["widths"] = list(widths)
        found["counted_ratio"] = max(one["macs_backward"] / one["macs_forward"] for one in costs)
        found["timed_ratio"] = max(one["seconds_backward"] / one["seconds_forward"] for one in costs)
        relative = [one["seconds_differences"] / one["seconds_forward"] for one in costs]
        found["timed_slope"] = float(np.polyfit(np.log(found["parameters"]), np.log(relative), 1)[0])
        found["error"] = max(found["errors"])
        return found

    def table(self, results: Sequence[Measures]) -> Table:
        """Counts and times by size, the mean over seeds."""
        names = ("forward", "backward", "differences")
        rows = [
            [count(p), *(count(results[0][f"macs_{name}"][k]) for name in names),
             *(f"{1000 * mean_of(results, f'seconds_{name}')[k]:.3g}" for name in names)]
            for k, p in enumerate(results[0]["parameters"])
        ]  # fmt: skip
        heads = [f"multiply-adds {name}" for name in names] + [f"ms {name}" for name in names]
        return Table(["parameters", *heads], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Times by the number of parameters."""
        names = {
            "differences": "a difference per weight",
            "backward": "backward pass",
            "forward": "forward pass",
        }
        parameters = results[0]["parameters"]
        lines = {said: (parameters, 1000 * mean_of(results, f"seconds_{key}")) for key, said in names.items()}
        words = "milliseconds by parameters: the two passes stay together, differences leave them behind"
        panel = panel_of_lines("parameters", "milliseconds", lines, words, log_x=True, log_y=True)
        return Chart(self.title, (panel,))


def multiply_adds(widths: Sequence[int]) -> tuple[int, int]:
    """Of a forward and of a backward pass of one example through dense layers of these sizes.

    >>> multiply_adds([2, 3, 1])
    (9, 12)
    """
    layers = [a * b for a, b in pairwise(widths)]
    return sum(layers), 2 * sum(layers) - layers[0]  # no gradient is needed by the input


def _costs(width: int, rows: Rows, seed: int, most: int) -> Measures:
    x, y = rows
    network = Network(mlp(64, 10, (width, width), "tanh"), seed=seed, dtype=np.float64)
    macs_forward, macs_backward = multiply_adds([64, width, width, 10])
    slope = LOSS.gradient(network.forward(x, training=True), y)
    seconds = _times([lambda: network.forward(x, training=True), lambda: network.backward(slope)])
    exact = network.gradient.copy()
    size = len(network.theta)
    chosen = generator(seed, f"weights {width}").permutation(size)[:most]
    estimates, each = differences(network, rows, chosen)
    return {
        "parameters": size, "macs_forward": macs_forward, "macs_backward": macs_backward,
        "macs_differences": macs_forward * (size + 1),
        "seconds_forward": seconds[0], "seconds_backward": seconds[1], "seconds_differences": each * size,
        "errors": float(np.abs(estimates - exact[chosen]).max() / np.abs(exact).max()),
    }  # fmt: skip


def differences(network: Network, rows: Rows, chosen: np.ndarray) -> tuple[np.ndarray, float]:
    """(L(θ + εe_i) − L(θ))/ε for the chosen i, and the median seconds of one."""
    x, y = rows
    at = LOSS.mean(network.forward(x, training=True), y)
    found, times = np.empty(len(chosen)), []
    for k, i in enumerate(chosen):
        began, before = perf_counter(), network.theta[i]
        network.theta[i] = before + STEP
        found[k] = (LOSS.mean(network.forward(x, training=True), y) - at) / STEP
        network.theta[i] = before
        times.append(perf_counter() - began)
    return found, median(times)


def _times(calls: Sequence[Callable[[], object]]) -> list[float]:
    """The median seconds of each call, all of them in turn, so that what else the machine does hits all."""
    for one in calls:
        one()
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(REPEATS):
        for one, found in zip(calls, times, strict=True):
            began = perf_counter()
            one()
            found.append(perf_counter() - began)
    return [median(found) for found in times]

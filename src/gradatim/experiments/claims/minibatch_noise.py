"""The noise of a minibatch, and what a step costs (C1)."""

from collections.abc import Sequence
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from gradatim.by_hand.losses.classes import CrossEntropy
from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.digits import digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.models.mlp import mlp
from gradatim.random import generator

LOSS = CrossEntropy()
REPEATS = 9  # of a time, whose median counts
STEP_SIZE, STEPS = 32, 20  # examples of a step that is timed, and how many are timed together


class MinibatchNoise(Claim):
    """The gradient of a minibatch (Robbins & Monro 1951; Bottou 2010).

        g_m = 1/m Σ ∇L_i over m examples drawn by lot;   E g_m = g,   E ‖g_m − g‖² = E ‖∇L_i − g‖² / m

    So four times the examples halve the noise, and cost four times as much.
    """

    title = "The noise of minibatches"
    claim = (
        "The gradient of a minibatch of m examples is right on average, its spread falls as 1/√m, and the "
        "time of a step does not grow with the number N of examples that there are, while that of the whole "
        "gradient does."
    )
    data = "handwritten digits (scikit-learn), 1,500 drawn by each seed, with replacement for each minibatch"
    measure = (
        "√E‖g_m − g‖² over draws, at the first weights of a network with 64 hidden units; the slope of its "
        "logarithm over log m; the distance of the draws' mean from g in standard errors; medians of nine "
        "times"
    )
    thresholds = (
        Threshold("slope", "exponent of m in the spread, at least", "≥", -0.55),
        Threshold("slope", "exponent of m in the spread, at most", "≤", -0.45),
        Threshold(
            "bias", "distance of the mean of all draws from g, in standard errors, the largest", "≤", 2.0
        ),
        Threshold("timed_step", "time of a step of 32 at the largest N over that at the smallest", "≤", 2.0),
        Threshold("timed_whole", "exponent of N in the time of the whole gradient", "≥", 0.8),
    )
    sizes = Sizes(
        default={"batches": (1, 4, 16, 64, 256), "draws": 200, "examples": (1500, 6000, 24000)},
        full={"batches": (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024), "draws": 2000,
              "examples": (1500, 6000, 24000, 96000, 384000)},
    )  # fmt: skip

    def run(self, seed: int, batches: Sequence[int], draws: int, examples: Sequence[int]) -> Measures:
        """Draw many minibatches of every size, and time steps among more and more examples."""
        x, y = digit_splits(seed, 1500).train
        network = Network(mlp(64, 10, (64,)), seed=seed, dtype=np.float64)
        whole = gradient_of(network, x, y)
        spreads, biases = [], []
        for m in batches:
            random = generator(seed, f"minibatches of {m}")
            found = np.stack([gradient_of(network, x[rows], y[rows])
                              for rows in random.integers(0, len(x), (draws, m))])  # fmt: skip
            spreads.append(float(np.sqrt(((found - whole) ** 2).sum(1).mean())))
            biases.append(float(np.linalg.norm(found.mean(0) - whole)) / (spreads[-1] / draws**0.5))
        slope = float(np.polyfit(np.log(batches), np.log(spreads), 1)[0])
        seconds_step, seconds_whole = _times(network, x, y, examples, seed)
        return {
            "batches": list(batches), "spreads": spreads, "biases": biases, "slope": slope,
            "bias": max(biases), "examples": list(examples), "seconds_step": seconds_step,
            "seconds_whole": seconds_whole, "timed_step": seconds_step[-1] / seconds_step[0],
            "timed_whole": float(np.polyfit(np.log(examples), np.log(seconds_whole), 1)[0]),
        }  # fmt: skip

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The spread by m, and times by N."""
        m, spreads = np.array(results[0]["batches"]), mean_of(results, "spreads")
        left = panel_of_lines(
            "examples m of a minibatch", "spread of the gradient",
            {"measured": (m, spreads), "that of m = 1, over √m": (m, spreads[0] / np.sqrt(m / m[0]))},
            "the spread of the gradient by m lies on the line of 1/√m", log_x=True, log_y=True,
        )  # fmt: skip
        examples = results[0]["examples"]
        times = {"the whole gradient": (examples, 1000 * mean_of(results, "seconds_whole")),
                 f"a step of {STEP_SIZE}": (examples, 1000 * mean_of(results, "seconds_step"))}  # fmt: skip
        right = panel_of_lines(
            "examples N that there are", "milliseconds", times,
            "milliseconds by N: the whole gradient's grow, a step's stay", log_x=True, log_y=True,
        )  # fmt: skip
        return Chart(self.title, (left, right), columns=2)


def gradient_of(network: Network, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient of the mean loss over these examples, a vector."""
    _, slope = LOSS.mean_and_gradient(network.forward(x, training=True), y)
    network.backward(slope)
    return network.gradient.copy()


def _times(
    network: Network, x: np.ndarray, y: np.ndarray, examples: Sequence[int], seed: int
) -> tuple[list[float], list[float]]:
    """The median seconds of a minibatch drawn from N examples, and of all of them, by N."""
    step, whole = [], []
    for n in examples:
        many, answers = np.resize(x, (n, x.shape[1])), np.resize(y, n)
        drawn = list(generator(seed, f"steps among {n}").integers(0, n, (STEPS, STEP_SIZE)))
        step.append(_median_time(network, many, answers, drawn) / STEPS)
        whole.append(_median_time(network, many, answers, [slice(None)]))
    return step, whole


def _median_time(network: Network, x: np.ndarray, y: np.ndarray, batches: Sequence[Any]) -> float:
    """The median seconds of the gradients of all these rows, one batch after the other."""
    times = []
    for _ in range(REPEATS):
        began = perf_counter()
        for rows in batches:
            gradient_of(network, x[rows], y[rows])
        times.append(perf_counter() - began)
    return median(times)

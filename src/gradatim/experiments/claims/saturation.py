"""Saturation: one unit that is trained to copy its input (B2)."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.losses.numbers import SquaredError
from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart, Reference
from gradatim.random import generator
from gradatim.training.training import Training

UNITS = ("sigmoid", "tanh", "relu", "elu")
FLAT = 0.01  # a derivative below it: the unit is saturated
REACH = 5.0  # of the inputs


class Saturation(Claim):
    """One unit ŷ = g(wx + b) that shall give its input back.

        L = mean (g(wx + b) − x)²;   saturated: |g′(z)| < 0.01, of σ |z| > 4.58, of tanh |z| > 2.99

    σ and tanh end at 1, so an input above 1 cannot be copied, and what tries to reach it saturates; ReLU and
    ELU are the identity for z > 0.
    """

    title = "Saturation"
    claim = (
        "A unit of ReLU or ELU learns to copy its input; one of sigmoid or tanh does not, and many of its "
        "inputs end where the derivative is below 0.01."
    )
    data = "300 numbers x drawn from U(0, 5) by each seed, the target x itself; w begins in U(0, 1), b at 0"
    measure = (
        "after gradient descent, η = 0.02: the root of the mean squared error, and the share of inputs "
        "whose derivative g′(wx + b) is below 0.01"
    )
    thresholds = (
        *(Threshold(f"rmse_{one}", f"root of the mean squared error, {one}", "≥", 1.0) for one in UNITS[:2]),
        *(Threshold(f"rmse_{one}", f"root of the mean squared error, {one}", "≤", 0.05) for one in UNITS[2:]),
        *(Threshold(f"flat_{one}", f"share of saturated inputs, {one}", "≥", 0.5) for one in UNITS[:2]),
        *(Threshold(f"flat_{one}", f"share of saturated inputs, {one}", "≤", 0.05) for one in UNITS[2:]),
    )
    sizes = Sizes(default={"epochs": 100, "numbers": 300}, full={"epochs": 2000, "numbers": 300})

    def run(self, seed: int, epochs: int, numbers: int) -> Measures:
        """Train each of the four units."""
        random = generator(seed, "numbers")
        x, first = random.uniform(0, REACH, (numbers, 1)), float(random.uniform(0, 1))
        grid = np.linspace(0, REACH, 101)[:, None]
        z = np.linspace(-8, 8, 401)[:, None]
        found: Measures = {"x": grid[:, 0], "z": z[:, 0]}
        for name in UNITS:
            unit = unit_of(name, first)
            training = Training(
                unit, (x, x[:, 0]), loss="squared_error", optimizer="sgd", lr=0.02, epochs=epochs, seed=seed,
                precision="float64",
            )  # fmt: skip
            for _ in training:
                pass
            found[f"rmse_{name}"] = float(np.sqrt(SquaredError().mean(unit.outputs(x), x)))
            found[f"flat_{name}"] = float((np.abs(slopes(unit, x)) < FLAT).mean())
            found[f"slope_{name}"] = slopes(unit_of(name, 1.0), z)[:, 0]
            found[f"output_{name}"] = unit.outputs(grid)[:, 0]
            found[f"weight_{name}"], found[f"bias_{name}"] = (
                float(p.item()) for p in unit.parameters.values()
            )
        return found

    def table(self, results: Sequence[Measures]) -> Table:
        """What each unit has learned, the mean over seeds."""
        keys = ("rmse", "flat", "weight", "bias")
        rows = [
            [name, *(f"{mean_of(results, f'{key}_{name}'):.3f}" for key in keys), flat_region(name)]
            for name in UNITS
        ]
        heads = ["unit", "root of the mean squared error", "share saturated", "w", "b", "saturated where"]
        return Table(heads, rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """What each unit answers, the mean over seeds."""
        x = results[0]["x"]
        lines = {name: (x, mean_of(results, f"output_{name}")) for name in UNITS}
        lines["what it should answer"] = x, x
        words = "the output of each unit: ReLU and ELU lie on the diagonal, sigmoid and tanh end at 1"
        left = panel_of_lines("input x", "output g(wx + b)", lines, words)
        z = results[0]["z"]
        right = panel_of_lines(
            "z", "derivative g′(z)", {name: (z, results[0][f"slope_{name}"]) for name in UNITS},
            "the derivatives: of sigmoid and tanh below 0.01 on both sides, of the others on the left",
            beneath=(Reference((z[0], FLAT), (z[-1], FLAT), f"{FLAT}, saturated below"),),
        )  # fmt: skip
        return Chart(self.title, (left, right), columns=2)


def flat_region(name: str) -> str:
    """Where |g′(z)| < 0.01, by the unit's own backward pass.

    >>> flat_region("sigmoid"), flat_region("relu")
    ('z < −4.58, z > 4.58', 'z ≤ 0')
    """
    z = np.arange(-800, 801)[:, None] / 100
    flat = np.abs(slopes(unit_of(name, 1.0), z)[:, 0]) < FLAT
    left, right = z[:800][flat[:800], 0], z[801:][flat[801:], 0]
    said = [f"z {'≤ 0' if flat[800] else f'< −{abs(left[-1]) - 0.01:.2f}'}"] if len(left) else []
    return ", ".join([*said, *([f"z > {right[0] - 0.01:.2f}"] if len(right) else [])])


def unit_of(name: str, weight: float) -> Network:
    """One unit with this weight and the bias 0."""
    unit = Network([{"name": "dense", "in_features": 1, "out_features": 1}, {"name": name}], seed=0,
                   dtype=np.float64)  # fmt: skip
    unit.load_state_dict({"0.weight": np.array([[weight]]), "0.bias": np.zeros(1)})
    return unit


def slopes(unit: Network, x: np.ndarray) -> np.ndarray:
    """g′(wx + b) at every input, (N, 1), by the unit's own backward pass."""
    z = unit.layers[0].forward(x, False)
    unit.layers[1].forward(z, True)
    return unit.layers[1].backward(np.ones_like(z), True).copy()

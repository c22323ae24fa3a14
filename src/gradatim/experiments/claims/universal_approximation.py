"""Universal approximation by one hidden layer: a constructed fit beside a trained one (A5)."""

from collections.abc import Callable, Sequence

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.models.mlp import mlp
from gradatim.random import generator
from gradatim.training.training import Training

SHAPES = ("sigmoid", "tanh", "relu", "identity")
STEEP = 8.0  # how sharp a step is, in cells
GRID = 4001  # points of [0, 1] at which errors are measured
Function = Callable[[np.ndarray], np.ndarray]


class UniversalApproximation(Claim):
    """One hidden layer comes as near to a continuous function as asked (Cybenko 1989; Hornik 1991).

        F(x) = v₀ + Σ_i v_i φ(w_i x + b_i),   i = 1 … N,   error = max over [0, 1] of |F − f|

    Constructed for sigmoid and tanh: a staircase whose smooth steps are v_i = f(i/N) − f((i−1)/N).
    For ReLU: the polygon through f(0), f(1/N), …, f(1). The theorem says that such weights exist, not that
    gradient descent finds them.
    """

    title = "Universal approximation"
    claim = (
        "With one hidden layer of sigmoid, tanh or ReLU units the largest error over an interval falls as "
        "the number of units N grows, for weights that are constructed and for weights that are trained; "
        "with the identity it does not fall."
    )
    data = (
        "a continuous function on [0, 1] drawn by each seed, three sines with random heights and phases, "
        "scaled to max |f| = 1; 256 points of it to train on"
    )
    measure = (
        "the largest error over 4,001 points by N: of the construction, and of Adam with a cosine schedule "
        "on the squared error"
    )
    thresholds = (
        *(Threshold(f"constructed_{one}_last", f"constructed, {one}: error at the largest N", "≤", 0.1)
          for one in SHAPES[:3]),
        *(Threshold(f"constructed_{one}_rise", f"constructed, {one}: largest rise of the error as N grows",
                    "<", 0.0) for one in SHAPES[:3]),
        *(Threshold(f"trained_{one}_fall", f"trained, {one}: error at the largest N over the smallest's",
                    "≤", 0.5) for one in SHAPES[:3]),
        Threshold("trained_identity_fall", "trained, identity: error at the largest N over the smallest's",
                  "≥", 0.95),
    )  # fmt: skip
    sizes = Sizes(
        default={"constructed": (4, 8, 16, 32, 64), "trained": (4, 16, 64), "epochs": 2000},
        full={
            "constructed": (4, 8, 16, 32, 64, 128, 256),
            "trained": (4, 8, 16, 32, 64, 128, 256),
            "epochs": 10000,
        },
    )

    def run(self, seed: int, constructed: Sequence[int], trained: Sequence[int], epochs: int) -> Measures:
        """The errors of every construction and of every trained network."""
        f = function_of(seed)
        x = np.linspace(0, 1, GRID)
        found: Measures = {"units_constructed": list(constructed), "units_trained": list(trained)}
        for name in SHAPES:
            if name != "identity":
                errors = [float(np.abs(construct(f, n, name)(x) - f(x)).max()) for n in constructed]
                found[f"constructed_{name}"] = errors
                found[f"constructed_{name}_last"] = errors[-1]
                found[f"constructed_{name}_rise"] = float(np.diff(errors).max())
            errors = [float(np.abs(train(f, n, name, seed, epochs)(x) - f(x)).max()) for n in trained]
            found[f"trained_{name}"] = errors
            found[f"trained_{name}_fall"] = errors[-1] / errors[0]
        return found

    def table(self, results: Sequence[Measures]) -> Table:
        """The errors by N, the mean over seeds."""
        rows = [
            [how, str(n), *(_cell(results, f"{how}_{name}", k) for name in SHAPES)]
            for how in ("constructed", "trained")
            for k, n in enumerate(results[0][f"units_{how}"])
        ]
        return Table(["largest error", "N", *SHAPES], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The error by N: constructed on the left, trained on the right."""
        panels = []
        for how in ("constructed", "trained"):
            lines = {name: (results[0][f"units_{how}"], mean_of(results, f"{how}_{name}"))
                     for name in SHAPES if f"{how}_{name}" in results[0]}  # fmt: skip
            words = f"{how}: the largest error by N falls for sigmoid, tanh and ReLU"
            panels.append(
                panel_of_lines("units N", f"largest error, {how}", lines, words, log_x=True, log_y=True)
            )
        return Chart(self.title, tuple(panels), columns=2)


def _cell(results: Sequence[Measures], key: str, k: int) -> str:
    return f"{mean_of(results, key)[k]:.4f}" if key in results[0] else "–"


def function_of(seed: int) -> Function:
    """f(x) = Σ_k a_k sin(2πkx + φ_k), k = 1 … 3, scaled so that its largest value on [0, 1] is 1."""
    random = generator(seed, "function")
    k = np.arange(1, 4)
    height, phase = random.uniform(0.3, 1.0, 3), random.uniform(0, 2 * np.pi, 3)

    def sines(x: np.ndarray) -> np.ndarray:
        return np.sin(2 * np.pi * k * np.asarray(x)[..., None] + phase) @ height

    largest = np.abs(sines(np.linspace(0, 1, GRID))).max()
    return lambda x: sines(x) / largest


def construct(f: Function, n: int, name: str) -> Function:
    """A hidden layer of n units whose weights are written down: a staircase, or for ReLU a polygon."""
    knots = np.linspace(0, 1, n + 1)
    if name == "relu":
        slopes = np.diff(f(knots)) * n
        change = np.diff(slopes, prepend=0.0)
        return lambda x: f(knots[:1]) + np.maximum(np.asarray(x)[:, None] - knots[:-1], 0) @ change
    steps, middles = np.diff(f(knots)), (knots[:-1] + knots[1:]) / 2

    def staircase(x: np.ndarray) -> np.ndarray:
        z = STEEP * n * (np.asarray(x)[:, None] - middles)  # σ(z) = ½ (1 + tanh z/2)
        return f(knots[:1]) + 0.5 * steps.sum() + (0.5 * np.tanh(z / 2)) @ steps

    def of_sigmoids(x: np.ndarray) -> np.ndarray:
        z = STEEP * n * (np.asarray(x)[:, None] - middles)
        return f(knots[:1]) + (1 / (1 + np.exp(-np.clip(z, -700, 700)))) @ steps

    return of_sigmoids if name == "sigmoid" else staircase


def train(f: Function, n: int, name: str, seed: int, epochs: int) -> Function:
    """The same hidden layer with weights that Adam finds; it sees x moved to [−2, 2]."""
    x = np.linspace(0, 1, 256)
    network = Network(mlp(1, 1, (n,), name), seed=seed, dtype=np.float64)
    training = Training(
        network, (_centred(x), f(x)), loss="squared_error", epochs=epochs, lr=0.02, schedule="cosine",
        seed=seed, precision="float64",
    )  # fmt: skip
    for _ in training:
        pass
    return lambda x: network.outputs(_centred(x))[:, 0]


def _centred(x: np.ndarray) -> np.ndarray:
    return 4 * np.asarray(x)[:, None] - 2

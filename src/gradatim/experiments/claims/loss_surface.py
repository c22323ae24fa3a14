"""The loss of a trained network along two directions, and three learning rates (B15)."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.by_hand.losses.by_name import loss_by_name
from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Rows, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.reproduction import DASH
from gradatim.experiments.surfaces import panel_over
from gradatim.explain.charts.chart import Chart, Panel
from gradatim.explain.number_format import measure
from gradatim.models.mlp import mlp
from gradatim.random import generator
from gradatim.training.training import Training

REACH = 1.0  # how far the surface goes, in lengths of the filters
SCALE = 10.0  # of the first layer; the second is divided by it, and the network computes the same
RATES = {"too small": 0.001, "right": 0.1, "too large": 10.0}
DIRECTIONS, COMPONENTS = ("first direction", "second direction"), ("first component", "second component")
LEAST = 1e-3  # of the largest curvature; a smaller one below 0 may be rounding


class LossSurface(Claim):
    """The loss around a trained network in filter-normalised directions (Li et al. 2018).

        L(α, β) = L(θ* + αδ + βη),   each filter δᵢ ← δᵢ ‖θᵢ*‖/‖δᵢ‖,   biases 0

    A filter is the row of weights that one unit reads with. With ReLU the same function has many scales of
    weights, c W₁ and W₂/c; normalised by filters, all of them have the same surface.
    """

    title = "The loss surface of a real network"
    claim = (
        "Around a trained network of eight hidden layers the loss is not convex along two random "
        "directions, and less convex than around one hidden layer; normalised by filters the surface stays "
        "the same when the weights are rescaled without changing the function, and without it does not; "
        "the optimizer's path hardly shows in random directions, but lies in its own two principal ones; a "
        "learning rate 100 times smaller is too small, one 100 times larger too large."
    )
    data = "handwritten digits (scikit-learn), 600 to learn from, drawn anew by each seed"
    measure = (
        "the loss of networks of ReLU on their training examples: the share of a grid's points where it "
        "curves downwards along some direction of the plane; with one hidden layer, the largest relative "
        "change of the surface when W₁ is multiplied by 10 and W₂ divided by 10; the share of the path's "
        "variance that two directions hold; the training loss after the last epoch with three learning "
        "rates"
    )
    thresholds = (
        Threshold("downward_deep", "share of the surface that curves downwards, eight layers", "≥", 0.05),
        Threshold("downward_more", "that share less the one of one layer", ">", 0.0),
        Threshold(
            "change_normalised", "change of the surface by rescaling, normalised by filters", "≤", 1e-9
        ),
        Threshold("change_plain", "change of the surface by rescaling, not normalised", "≥", 0.1),
        Threshold("held_random", "share of the path's variance in two random directions", "≤", 0.1),
        Threshold("held_principal", "share of the path's variance in its two principal ones", "≥", 0.8),
        Threshold("small_ratio", "last loss, η too small, in units of that with the right η", "≥", 10),
        Threshold("accuracy_large", "training accuracy, η too large", "≤", 0.2),
    )
    sizes = Sizes(
        default={"hidden": 32, "depth": 8, "epochs": 30, "grid": 21, "train": 600},
        full={"hidden": 128, "depth": 20, "epochs": 200, "grid": 51, "train": 1200},
    )

    def run(self, seed: int, hidden: int, depth: int, epochs: int, grid: int, train: int) -> Measures:
        """Train with three learning rates, and a deep network; look around where training ended."""
        rows = digit_splits(seed, train).train
        found: Measures = {}
        for name, lr in RATES.items():
            network, path, losses, accuracy = _learn(rows, seed, (hidden,), epochs, lr)
            found[name] = losses
            found[f"accuracy_{name.removeprefix('too ')}"] = accuracy
            if name == "right":
                found |= _look(network, path, rows, seed, grid)
        deep, path, _, found["accuracy_deep"] = _learn(rows, seed, (hidden,) * depth, epochs, RATES["right"])
        x = np.linspace(-REACH, REACH, grid)
        normal = [
            normalised_by_filters(deep, random_direction(deep, seed, f"direction {k}")) for k in range(2)
        ]
        z = surface(deep, rows, normal, x, x)
        found |= {"deep_x": x, "deep_y": x, "deep_z": z, "deep_path": _shown(path, normal)}
        found["downward_deep"] = share_downward(z)
        found["downward_more"] = found["downward_deep"] - found["downward"]
        found["small_ratio"] = found["too small"][-1] / found["right"][-1]
        return found

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The first seed's surface in random and in principal directions, and the loss by epoch."""
        one = results[0]
        lines = {}
        for name, lr in RATES.items():
            losses = [result[name] for result in results]
            epochs = min(map(len, losses))
            mean = np.mean([curve[:epochs] for curve in losses], axis=0)
            lines[f"η = {lr:g}, {name}"] = np.arange(epochs), mean
        words = "training loss by epoch with three learning rates"
        panels = (
            _surface(one, "random", DIRECTIONS, "one hidden layer, filter-normalised directions"),
            _surface(one, "deep", DIRECTIONS, "eight hidden layers, filter-normalised directions"),
            _surface(one, "principal", COMPONENTS, "one hidden layer, the path's own directions"),
            panel_of_lines("epoch", "training loss", lines, words, log_y=True),
        )
        return Chart(self.title, panels, columns=2)

    def table(self, results: Sequence[Measures]) -> Table:
        """The last training loss and accuracy with each learning rate, means of all seeds."""
        rows = []
        for name, lr in RATES.items():
            loss = float(np.mean([one[name][-1] for one in results]))
            accuracy = float(mean_of(results, f"accuracy_{name.removeprefix('too ')}"))
            rows.append([f"{lr:g}, {name}", measure(loss, 3), f"{accuracy:.1%}"])
        shares = [f"{float(mean_of(results, key)):.1%}" for key in ("downward", "downward_deep")]
        rows.append(
            ["0.1, eight hidden layers", DASH, f"{float(mean_of(results, 'accuracy_deep')):.1%}", shares[1]]
        )
        cells = [[*row, shares[0] if k == 1 else DASH] for k, row in enumerate(rows[:-1])]
        return Table(
            ["learning rate", "training loss", "training accuracy", "curves downwards"], [*cells, rows[-1]]
        )


def _learn(
    rows: Rows, seed: int, hidden: Sequence[int], epochs: int, lr: float
) -> tuple[Network, np.ndarray, list[float], float]:
    """The network, its parameters after each epoch, the loss there, and the last accuracy.

    Training that meets numbers which are not finite ends at the epoch before.
    """
    network = Network(mlp(64, 10, hidden), seed=seed, dtype=np.float64)
    training = Training(network, rows, optimizer="sgd", lr=lr, epochs=epochs, seed=seed, precision="float64")
    path = [network.theta.copy()]
    try:
        path.extend(network.theta.copy() for _ in training)
    except GradatimError:
        network.theta[...] = path[-1]
    losses = [loss_at(network, theta, rows) for theta in path]
    network.theta[...] = path[-1]
    accuracy = float((network.outputs(rows[0]).argmax(1) == rows[1]).mean())
    return network, np.array(path), losses, accuracy


def loss_at(network: Network, theta: np.ndarray, rows: Rows) -> float:
    """The mean cross entropy with these parameters."""
    network.theta[...] = theta
    return loss_by_name("cross_entropy").mean(network.outputs(rows[0]), rows[1])


def random_direction(network: Network, seed: int, name: str) -> np.ndarray:
    """Normal numbers for each weight, 0 for each bias."""
    draw = generator(seed, name)
    parts = [
        draw.normal(size=value.shape) if value.ndim > 1 else np.zeros(value.shape)
        for value in network.parameters.values()
    ]
    return np.concatenate([part.ravel() for part in parts])


def normalised_by_filters(network: Network, direction: np.ndarray) -> np.ndarray:
    """Each row of weights as long as the network's own row: δᵢ ‖θᵢ‖/‖δᵢ‖."""
    result, start = direction.copy(), 0
    for value in network.parameters.values():
        part = result[start : start + value.size].reshape(value.shape)
        start += value.size
        if value.ndim > 1:
            lengths = np.linalg.norm(part, axis=1, keepdims=True)
            part *= np.linalg.norm(value, axis=1, keepdims=True) / np.maximum(lengths, 1e-300)
    return result


def surface(network: Network, rows: Rows, directions: Any, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """L(θ + αδ + βη), δ and η the two directions, for every α of x and β of y: (len(y), len(x))."""
    theta = network.theta.copy()
    first, second = directions
    heights = [[loss_at(network, theta + a * first + b * second, rows) for a in x] for b in y]
    network.theta[...] = theta
    return np.array(heights)


def share_downward(z: np.ndarray) -> float:
    """The share of inner points where the Hessian, by central differences, has an eigenvalue below 0.

    >>> x = np.linspace(-1, 1, 9)
    >>> share_downward(x**2 + x[:, None] ** 2), share_downward(x**2 - x[:, None] ** 2)
    (0.0, 1.0)
    """
    xx = z[1:-1, 2:] - 2 * z[1:-1, 1:-1] + z[1:-1, :-2]
    yy = z[2:, 1:-1] - 2 * z[1:-1, 1:-1] + z[:-2, 1:-1]
    xy = (z[2:, 2:] - z[2:, :-2] - z[:-2, 2:] + z[:-2, :-2]) / 4
    lowest = (xx + yy) / 2 - np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    highest = (xx + yy) / 2 + np.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    return float((lowest < -LEAST * np.abs(highest).max()).mean())


def held(path: np.ndarray, directions: np.ndarray) -> float:
    """The share of ‖θ_t − θ*‖², summed over the path (T, n), that lies in the plane of directions (2, n)."""
    basis, _ = np.linalg.qr(directions.T)
    away = path - path[-1]
    return float(((away @ basis) ** 2).sum() / (away**2).sum())


def _look(network: Network, path: np.ndarray, rows: Rows, seed: int, grid: int) -> Measures:
    """The surface in random directions, also of the rescaled network; in principal ones; the path in both."""
    x = np.linspace(-REACH, REACH, grid)
    plain = [random_direction(network, seed, f"direction {k}") for k in range(2)]
    normal = [normalised_by_filters(network, one) for one in plain]
    away = path - path[-1]
    principal = np.linalg.svd(away, full_matrices=False)[2][:2]
    places = away @ principal.T
    ranges = [_around(places[:, k], grid) for k in range(2)]
    random = surface(network, rows, normal, x, x)
    by_principal = surface(network, rows, principal, *ranges)
    coarse = x[:: max(grid // 7, 1)]
    twin = _rescaled(network)
    changes = {
        "change_normalised": _change(network, twin, rows, normal, coarse, by_filters=True),
        "change_plain": _change(network, twin, rows, [0.1 * one for one in plain], coarse, by_filters=False),
    }
    return {
        **changes,
        "downward": share_downward(random),
        "held_random": held(path, np.array(plain)),
        "held_principal": held(path, principal),
        "random_x": x, "random_y": x, "random_z": random, "random_path": _shown(path, normal),
        "principal_x": ranges[0], "principal_y": ranges[1], "principal_z": by_principal,
        "principal_path": places,
    }  # fmt: skip


def _shown(path: np.ndarray, directions: list[np.ndarray]) -> np.ndarray:
    """The path (T, 2) in the coordinates of two directions, by least squares; its end is 0."""
    return np.linalg.lstsq(np.array(directions).T, (path - path[-1]).T, rcond=None)[0].T


def _rescaled(network: Network) -> Network:
    """The same function with other weights: c W₁, c b₁ and W₂/c, exact for ReLU."""
    twin = Network(network.entries, seed=None, dtype=np.float64)
    twin.load_state_dict(network.state_dict())
    (w1, b1, w2, _) = twin.parameters.values()
    w1 *= SCALE
    b1 *= SCALE
    w2 /= SCALE
    return twin


def _change(
    network: Network, twin: Network, rows: Rows, directions: list[np.ndarray], x: np.ndarray, by_filters: bool
) -> float:
    """The largest relative difference between two networks' surfaces along the same random numbers."""
    own = surface(network, rows, directions, x, x)
    turned = [normalised_by_filters(twin, one) if by_filters else one for one in directions]
    return float((np.abs(surface(twin, rows, turned, x, x) - own) / own).max())


def _around(places: np.ndarray, grid: int) -> np.ndarray:
    """A range that holds the path, and a quarter more at each end."""
    low, high = float(places.min()), float(places.max())
    room = 0.25 * max(high - low, 1e-6)
    return np.linspace(low - room, high + room, grid)


def _surface(one: Measures, kind: str, names: tuple[str, str], words: str) -> Panel:
    x, y, z, path = (np.array(one[f"{kind}_{part}"]) for part in ("x", "y", "z", "path"))
    return panel_over(x, y, z, {"path": path}, f"loss and path in {words}", words, names, tuple(path[0]))

"""What pooling forgives, shifts and zooms apart, and what it saves and costs (D7)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gradatim.data.augmentation import moves
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Rows, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart

if TYPE_CHECKING:
    from torch import nn

SIDE, DIGIT, TWICE = 40, 8, 2  # pixels of a picture and of a digit, which is drawn at twice its size
SHIFTS = tuple(range(9))  # pixels
ZOOMS = (0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4)
FAR, LARGE = SHIFTS[-1], ZOOMS[-1]
NEAR, JUDGED, CLOSE = 1, 2, 1.2  # shifts within the window, and a zoom that moves strokes as little
KINDS = {  # the layer behind the convolution, how many pixels become one along a side, and its words
    "none": ({}, 1, "no pooling"),
    "max_2": ({"name": "max_pool2d", "kernel_size": 2}, 2, "max, 2×2"),
    "max_4": ({"name": "max_pool2d", "kernel_size": 4}, 4, "max, 4×4"),
    "max_8": ({"name": "max_pool2d", "kernel_size": 8}, 8, "max, 8×8"),
    "overlap_4": (
        {"name": "max_pool2d", "kernel_size": 6, "stride": 4, "padding": 1},
        4,
        "max, 6×6, stride 4",
    ),
    "average_4": ({"name": "avg_pool2d", "kernel_size": 4}, 4, "average, 4×4"),
    "sum_4": ({"name": "sum_pool2d", "kernel_size": 4}, 4, "sum, 4×4"),
    "every_4": ({"name": "max_pool2d", "kernel_size": 1, "stride": 4}, 4, "every fourth pixel"),
    "global_max": ({"name": "global_max_pool"}, SIDE, "max, global"),
    "global_average": ({"name": "global_avg_pool"}, SIDE, "average, global"),
}
DRAWN = ("none", "max_2", "max_4", "average_4", "every_4", "global_max")  # in the figure
BY_FACTOR = ("none", "max_2", "max_4", "max_8", "global_max")


class Pooling(Claim):
    """Pooling by itself: one convolution, a pooling, one dense layer (Scherer, Müller & Behnke 2010).

        φ(x) = pool(relu(w ∗ x + b)),   a = W φ(x) + c
        change(T) = √( E‖φ(T x) − φ(x)‖² / E‖φ(x) − φ(x′)‖² )     x′ another digit; 1: as far as another digit

    T shifts by whole pixels, to the right or down, or zooms around the middle. A digit's ground is zero, so
    that a convolution moves with its picture, and what a global pooling says does not move at all.
    """

    title = "Pooling under shifts and zooms"
    claim = (
        "Max pooling forgives part of shifts within its window, and none of larger ones; global pooling "
        "forgives every shift. A zoom it forgives as far as that moves strokes as little: no pooling, global "
        "or not, is invariant of scale. Windows of 4×4 save nine tenths of the parameters for a few points "
        "of accuracy; global pooling behind one convolution loses it."
    )
    data = (
        "handwritten digits (scikit-learn) at twice their size, 16×16, in the middle of 40×40 pixels; 400 "
        "to learn from, 200 for the test, drawn anew by each seed; learned from as they are, judged shifted "
        "by 0 to 8 pixels and zoomed from 0.7 to 1.4"
    )
    measure = (
        "change of the pooled features of 16 filters of 5×5, in the distance between two digits; test "
        "accuracy after Adam, η = 0.003"
    )
    thresholds = (
        Threshold("near_ratio", f"change by a shift of {NEAR}, max 4×4 over none", "≤", 0.9),
        Threshold("near_right", f"accuracy at a shift of {JUDGED}, max 4×4 less none", "≥", 0.05),
        Threshold("far_ratio", f"change by a shift of {FAR}, max 4×4 over none", "≥", 0.9),
        Threshold("global_shift", "largest change by a shift, global max", "≤", 0.001),
        Threshold("close_ratio", f"change by a zoom of {CLOSE}, max 4×4 over none", "≤", 0.9),
        Threshold("global_zoom", f"change by a zoom of {LARGE}, global max", "≥", 0.2),
        Threshold("saved", "parameters, max 4×4 over none", "≤", 0.1),
        Threshold("kept", "test accuracy, max 4×4 less none", "≥", -0.1),
        Threshold("lost", "test accuracy, global max less none", "≤", -0.3),
    )
    sizes = Sizes(
        default={"train": 400, "test": 200, "epochs": 12},
        full={"train": 1400, "test": 397, "epochs": 30},
    )
    seeds = 3

    def run(self, seed: int, train: int, test: int, epochs: int) -> Measures:
        """Train a network of each kind, and move what it is asked."""
        splits = digit_splits(seed, train)
        rows = in_the_middle(splits.train[0]), splits.train[1]
        x, y = splits.test[0][:test], splits.test[1][:test]
        shifted = [[shifted_by(in_the_middle(x), s, axis) for axis in (0, 1)] for s in SHIFTS]
        zoomed = [[in_the_middle(x, zoom)] for zoom in ZOOMS]
        found: Measures = {}
        for kind in KINDS:
            features, head = learned(kind, rows, epochs, seed)
            of = {"shift": shifted, "zoom": zoomed}
            clean = answers(features, in_the_middle(x))
            for name, several in of.items():
                each = [[answers(features, one) for one in some] for some in several]
                found[f"{name}_{kind}"] = [
                    float(np.mean([change(clean, one) for one in some])) for some in each
                ]
                found[f"right_{name}_{kind}"] = [
                    float(np.mean([accuracy(head, one, y) for one in some])) for some in each
                ]
            found[f"accuracy_{kind}"] = accuracy(head, clean, y)
            found[f"parameters_{kind}"], found[f"work_{kind}"] = costs(kind)
        return found | _compared(found)

    def table(self, results: Sequence[Measures]) -> Table:
        """Changes, accuracies and costs of each kind, means over seeds."""
        rows = []
        for kind, (_, factor, words) in KINDS.items():
            shift, zoom = mean_of(results, f"shift_{kind}"), mean_of(results, f"zoom_{kind}")
            rows.append([
                words, str(factor), *(f"{shift[pixels]:.2f}" for pixels in (1, 2, 4, 8)),
                f"{zoom[0]:.2f}", f"{zoom[-1]:.2f}",
                f"{100 * float(mean_of(results, f'accuracy_{kind}')):.1f}",
                f"{int(results[0][f'parameters_{kind}']):,}", f"{int(results[0][f'work_{kind}']):,}",
            ])  # fmt: skip
        heads = ["pooling", "factor", "shift 1", "2", "4", "8", "zoom 0.7", "1.4", "right, %", "parameters",
                 "products"]  # fmt: skip
        return Table(heads, rows)

    def sentences(self, results: Sequence[Measures]) -> Sequence[str]:
        """The verdict on translation and, apart, on scale; what is saved; recognition by the factor."""
        return tuple(sentences({key: mean_of(results, key) for key in results[0]}))

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Change and accuracy by shift and by zoom, and accuracy by the factor; means over seeds."""
        panels = []
        for name, x, words in (("shift", SHIFTS, "shift, pixels"), ("zoom", ZOOMS, "zoom")):
            for key, says in ((name, "change of the features"), (f"right_{name}", "test accuracy")):
                lines = {KINDS[kind][2]: (x, mean_of(results, f"{key}_{kind}")) for kind in DRAWN}
                panels.append(
                    panel_of_lines(words, says, lines, f"{says} by {name}, a line for each pooling")
                )
        factors = [KINDS[kind][1] for kind in BY_FACTOR]
        right = [float(mean_of(results, f"accuracy_{kind}")) for kind in BY_FACTOR]
        panels.append(panel_of_lines(
            "pixels that become one, along a side", "test accuracy", {"max pooling": (factors, right)},
            "test accuracy by the subsampling factor of max pooling", log_x=True,
        ))  # fmt: skip
        return Chart(self.title, tuple(panels), columns=2)


def sentences(mean: dict[str, Any]) -> list[str]:
    """What the numbers of a kind each, means over seeds, say of shifts, zooms, costs and recognition."""
    near = mean["near_ratio"]
    moved = f"max pooling of 4×4 leaves {100 * near:.0f} % of the change that a shift of {NEAR} pixel makes"
    far = f"{100 * mean['far_ratio']:.0f} % of that of {FAR}"
    still = mean["global_shift"] < 0.001
    least = min(float(mean[f"zoom_{kind}"][-1]) for kind in KINDS)
    scale = f"{mean['global_zoom']:.2f} of the distance between two digits at a zoom of {LARGE}"
    left = f"{100 * mean['close_ratio']:.0f} % of the change by a zoom of {CLOSE}"
    one, other = (int(mean[f"parameters_{kind}"]) for kind in ("none", "max_4"))
    work = [int(mean[f"work_{kind}"]) for kind in ("none", "max_4")]
    by_factor = ", ".join(f"{100 * mean[f'accuracy_{kind}']:.1f} % at {KINDS[kind][1]}" for kind in BY_FACTOR)
    return [
        f"translation: {moved}, and {far}: "
        + ("it forgives a part of small shifts" if near < 0.9 else "it forgives no shift")
        + f"; of digits shifted by {JUDGED} it reads {100 * abs(mean['near_right']):.0f} points "
        f"{'more' if mean['near_right'] >= 0 else 'fewer'}; global pooling is {'' if still else 'not '}"
        "invariant of shifts",
        f"scale: max pooling of 4×4 leaves {left}, and features of global max pooling change by {scale}: "
        + ("one pooling is" if least < 0.05 else "no pooling is") + " invariant of scale",
        f"cost: 4×4 pooling takes {one:,} parameters to {other:,} ({100 * (1 - other / one):.0f} % fewer) "
        f"and {work[0]:,} products to {work[1]:,} ({100 * (1 - work[1] / work[0]):.0f} % fewer), "
        f"with {100 * mean['kept']:+.1f} points of accuracy",
        f"recognition by the subsampling factor of max pooling: {by_factor}",
    ]  # fmt: skip


def _compared(found: Measures) -> Measures:
    """The numbers that the thresholds are about."""
    at = {f"shift {s}": i for i, s in enumerate(SHIFTS)} | {f"zoom {z}": i for i, z in enumerate(ZOOMS)}

    def ratio(name: str, by: float) -> float:
        with_, without = (found[f"{name}_{kind}"][at[f"{name} {by}"]] for kind in ("max_4", "none"))
        return float(with_ / without)

    return {
        "near_ratio": ratio("shift", NEAR), "far_ratio": ratio("shift", FAR),
        "near_right": found["right_shift_max_4"][JUDGED] - found["right_shift_none"][JUDGED],
        "close_ratio": ratio("zoom", CLOSE), "global_shift": max(found["shift_global_max"]),
        "global_zoom": found["zoom_global_max"][-1],
        "saved": found["parameters_max_4"] / found["parameters_none"],
        "kept": found["accuracy_max_4"] - found["accuracy_none"],
        "lost": found["accuracy_global_max"] - found["accuracy_none"],
    }  # fmt: skip


def in_the_middle(x: np.ndarray, zoom: float = 1.0) -> np.ndarray:
    """Digits (N, 64) in the middle of pictures (N, 1, 40, 40), at twice their size times a zoom."""
    import torch

    edge = (SIDE - DIGIT) // 2
    small = np.pad(x.reshape(-1, 1, DIGIT, DIGIT), ((0, 0), (0, 0), (edge, edge), (edge, edge)))
    maps = moves.linear(np.repeat(np.eye(2)[None] / (TWICE * zoom), len(x), 0))
    return moves.move_pictures(torch.from_numpy(small.astype(np.float32)), maps).numpy()


def shifted_by(x: np.ndarray, pixels: int, axis: int) -> np.ndarray:
    """Pictures (N, 1, H, W) moved down (axis 0) or to the right (1), zeros behind them.

    >>> shifted_by(np.arange(4.0).reshape(1, 1, 1, 4), 1, 1)[0, 0].tolist()
    [[0.0, 0.0, 1.0, 2.0]]
    """
    if not pixels:
        return x
    room = [(0, 0)] * 4
    room[2 + axis] = (pixels, 0)
    kept = tuple(slice(None, -pixels if i == 2 + axis else None) for i in range(4))
    return np.pad(x[kept], room)


def learned(kind: str, rows: Rows, epochs: int, seed: int) -> tuple["nn.Module", "nn.Module"]:
    """The features φ and the dense layer of a network of a kind, which has learned digits as they are."""
    from torch import nn

    from gradatim.models.building import build
    from gradatim.training.training import Training

    layer = KINDS[kind][0]
    layers = [{"name": "conv2d", "in_channels": 1, "out_channels": 16, "kernel_size": 5, "padding": 2},
              {"name": "relu"}, *([layer] if layer else []), {"name": "flatten"}]  # fmt: skip
    features = build({"name": "stack", "layers": layers}, seed)
    dense = {"name": "dense", "in_features": inputs_of_head(kind), "out_features": 10}
    head = build({"name": "stack", "layers": [dense]}, seed)
    network = nn.Sequential(features, head)
    for _ in Training(network, rows, epochs=epochs, lr=0.003, batch_size=32, seed=seed, schedule="cosine"):
        pass
    network.eval()
    return features, head


def inputs_of_head(kind: str) -> int:
    """How many numbers the dense layer reads."""
    return 16 * (SIDE // KINDS[kind][1]) ** 2


def costs(kind: str) -> tuple[int, int]:
    """Parameters of both layers, and products of numbers for one picture.

    >>> costs("none"), costs("global_max")
    ((256426, 896000), (586, 640160))
    """
    convolution, head = 16 * 25, 10 * inputs_of_head(kind)
    return convolution + 16 + head + 10, convolution * SIDE**2 + head


def answers(network: "nn.Module", x: np.ndarray) -> np.ndarray:
    """What a network makes of pictures, (N, …) flat."""
    from gradatim.runs.forward import forward

    return forward(network, x).reshape(len(x), -1)


def accuracy(head: "nn.Module", features: np.ndarray, y: np.ndarray) -> float:
    """The share of pictures whose class has the highest score."""
    return float((answers(head, features).argmax(1) == y).mean())


def change(before: np.ndarray, after: np.ndarray) -> float:
    """√(E‖φ′ − φ‖² / E‖φ_i − φ_j‖²) of features (N, D), i and j two digits.

    >>> change(np.array([[0.0], [2.0]]), np.array([[1.0], [3.0]]))
    0.5
    """
    moved = ((after - before).astype(np.float64) ** 2).sum(1).mean()
    between = 2 * before.astype(np.float64).var(0, ddof=1).sum()  # the mean over all pairs of two
    return float(np.sqrt(moved / between))

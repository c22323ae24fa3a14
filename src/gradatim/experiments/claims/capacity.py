"""Training and test error against width, depth and epochs (B21)."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Threshold
from gradatim.experiments.claims.remedies import with_wrong_labels
from gradatim.experiments.digits import Rows, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.models.mlp import mlp
from gradatim.training.training import Training


class Capacity(Claim):
    """What a network learns of its examples and of the rest as it grows and goes on (Geman et al. 1992).

        error = 1 − accuracy;   the gap is the test error less the training error

    Capacity is what a network can fit; what it should fit, only examples that it has not seen can tell.
    """

    title = "Capacity and overfitting"
    claim = (
        "With more units, with more layers than none and with more epochs a network fits its training "
        "examples ever better, wrong labels too, and the gap between test error and training error widens; "
        "the test error is lowest long before the last epoch."
    )
    data = (
        "handwritten digits (scikit-learn), 300 to learn from of which 60 have a wrong label, 1,497 for the "
        "test, drawn anew by each seed"
    )
    measure = (
        "error on the training and the test examples after Adam, η = 0.003: by the units of one hidden "
        "layer, by the number of hidden layers of 64 units, and by epoch of the widest"
    )
    thresholds = (
        Threshold("train_widest", "training error of the widest network", "≤", 0.01),
        Threshold("gap_by_width", "gap of the widest network less that of the narrowest", "≥", 0.1),
        Threshold(
            "gap_by_depth", "gap with one hidden layer or more, the least, less that with none", "≥", 0.05
        ),
        Threshold("gap_by_epoch", "gap after the last epoch less that after a tenth of them", "≥", 0.1),
        Threshold("rise", "test error of the widest network after the last epoch less the lowest", "≥", 0.05),
    )
    sizes = Sizes(
        default={"widths": (2, 8, 32, 128), "depths": (0, 1, 2, 4), "epochs": 100, "train": 300, "wrong": 60},
        full={"widths": (2, 4, 8, 16, 32, 64, 128, 256, 512), "depths": (0, 1, 2, 3, 4, 6, 8), "epochs": 500,
              "train": 300, "wrong": 60},
    )  # fmt: skip

    def run(
        self, seed: int, widths: Sequence[int], depths: Sequence[int], epochs: int, train: int, wrong: int
    ) -> Measures:
        """Train every width and every depth."""
        splits = digit_splits(seed, train)
        rows = splits.train[0], with_wrong_labels(splits.train[1], wrong, seed)
        by_width = [errors(mlp(64, 10, (one,)), rows, splits.test, seed, epochs) for one in widths]
        by_depth = [errors(mlp(64, 10, (64,) * one), rows, splits.test, seed, epochs) for one in depths]
        found: Measures = {"widths": list(widths), "depths": list(depths)}
        for key, several in (("width", by_width), ("depth", by_depth)):
            found[f"train_by_{key}"] = [one[0, -1] for one in several]
            found[f"test_by_{key}"] = [one[1, -1] for one in several]
        widest, gaps = by_width[-1], np.array([one[1, -1] - one[0, -1] for one in by_depth])
        found["train_by_epoch"], found["test_by_epoch"] = widest
        gap = widest[1] - widest[0]
        return found | {
            "train_widest": float(widest[0, -1]),
            "gap_by_width": float(gap[-1] - (by_width[0][1, -1] - by_width[0][0, -1])),
            "gap_by_depth": float(gaps[1:].min() - gaps[0]),
            "gap_by_epoch": float(gap[-1] - gap[epochs // 10]),
            "rise": float(widest[1, -1] - widest[1].min()),
        }

    def chart(self, results: Sequence[Measures]) -> Chart:
        """Both errors by width, by depth and by epoch, the mean over seeds."""
        epochs = np.arange(1, len(results[0]["test_by_epoch"]) + 1)
        axes = {
            "width": ("units of the hidden layer", results[0]["widths"]),
            "depth": ("hidden layers", results[0]["depths"]),
            "epoch": ("epoch, widest network", epochs),
        }
        panels = [
            panel_of_lines(
                said, "error",
                {name: (x, mean_of(results, f"{split}_by_{key}"))
                 for name, split in (("test examples", "test"), ("training examples", "train"))},
                f"error by {key}: that on training examples falls, that on test examples does not follow",
                log_x=key == "width",
            )
            for key, (said, x) in axes.items()
        ]  # fmt: skip
        return Chart(self.title, tuple(panels), columns=2)


def errors(layers: list, train: Rows, test: Rows, seed: int, epochs: int) -> np.ndarray:
    """The error on the training and on the test examples after every epoch, (2, epochs)."""
    network = Network(layers, seed=seed, dtype=np.float64)
    training = Training(network, train, epochs=epochs, lr=0.003, seed=seed, precision="float64")
    found = [[1 - training.evaluate(rows)["accuracy"] for rows in (train, test)] for _ in training]
    return np.array(found).T

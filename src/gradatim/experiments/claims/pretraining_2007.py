"""The table of 2007: five ways to train a network, with sigmoid units and with ReLU (F8, F9)."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Splits
from gradatim.experiments.lines import mean_of
from gradatim.experiments.pretrained import error_of, fine_tune, parts_of, pretrain, stack
from gradatim.explain.axes import Axis, linear
from gradatim.explain.charts.chart import Chart, Curve, Panel

UNITS = {"sigmoid": "sigmoid units", "relu": "ReLU and He's weights"}
PARTS = ("train", "valid", "test")


class Row(NamedTuple):
    """A row of the table: its name, how the hidden layers are pretrained, what the paper says in per cent."""

    words: str
    short: str
    kind: str | None
    paper: str


ROWS = {  # in the order of the paper's test errors
    "dbn": Row("deep belief network", "DBN", "rbm", "0 / 1.2 / 1.2"),
    "auto": Row("stacked autoassociators", "auto", "autoencoder", "0 / 1.4 / 1.4"),
    "shallow": Row("one hidden layer, not pretrained", "shallow", None, "0.004 / 1.8 / 1.9"),
    "greedy": Row("deep, supervised greedy pretraining", "greedy", "supervised", "0 / 1.7 / 2.0"),
    "none": Row("deep, not pretrained", "none", None, "0.004 / 2.1 / 2.4"),
}
ORDER = tuple(pairwise(ROWS))


class Pretraining2007(Claim):
    """Greedy layer-wise pretraining against none (Bengio, Lamblin, Popovici & Larochelle 2007, Table 1).

        z = (e_b − e_a) / √((e_a(1 − e_a) + e_b(1 − e_b))/n)      of errors e on n test pictures

    The order a before b of two rows holds where z ≥ −1: the row that should be better is not worse by more
    than a standard error of the difference.
    """

    title = "The table of 2007, with sigmoid units and with ReLU"
    claim = (
        "With sigmoid units the test errors stand in the order of 2007: deep belief network, "
        "autoassociators, one hidden layer, supervised greedy pretraining, deep without pretraining. With "
        "ReLU and He's weights a deep network needs no pretraining: the gap is closed."
    )
    data = (
        "MNIST: 3,000 pictures to learn from, labels and all, 1,000 to choose the epoch by, 5,000 of the "
        "official test; drawn anew by each seed. In the larger form 50,000, 10,000 and 10,000"
    )
    measure = (
        "errors of three hidden layers, or of one, trained by Adam alike in each row; the learning rate and "
        "the epoch of the fewest wrong or least lossy validation pictures; differences of two test errors in "
        "standard errors z of such a difference"
    )
    thresholds = (
        *(Threshold(f"order_{a}_{b}", f"sigmoid: z of {ROWS[b].short} less {ROWS[a].short}", "≥", -1.0)
          for a, b in ORDER),
        Threshold("gap_sigmoid", "sigmoid: z of none less DBN", "≥", 1.0),
        Threshold("gap_relu", "ReLU: z of none less the better of DBN and auto", "≤", 1.0),
    )  # fmt: skip
    sizes = Sizes(
        default={"data": "mnist", "train": 3000, "valid": 1000, "test": 5000, "hidden": (150, 150, 150),
                 "shallow": 300, "pretrain_epochs": 10, "epochs": 20, "rates": (1e-3,)},
        full={"data": "mnist", "train": 50_000, "valid": 10_000, "test": 10_000, "hidden": (500, 500, 500),
              "shallow": 1000, "pretrain_epochs": 30, "epochs": 60, "rates": (3e-3, 1e-3, 3e-4)},
    )  # fmt: skip
    seeds = 3

    def run(
        self, seed: int, data: str, train: int, valid: int, test: int, hidden: Sequence[int], shallow: int,
        pretrain_epochs: int, epochs: int, rates: Sequence[float],
    ) -> Measures:  # fmt: skip
        """Train the five rows with either kind of units."""
        splits = parts_of(data, seed, train, valid, test)
        found: Measures = {}
        for units in UNITS:
            for name, row in ROWS.items():
                layers = (shallow,) if name == "shallow" else hidden
                tried = [
                    _errors(row.kind, layers, units, splits, pretrain_epochs, epochs, lr, seed)
                    for lr in rates
                ]
                best = min(tried, key=lambda errors: errors["valid"])
                found |= {f"{part}_{units}_{name}": error for part, error in best.items()}
        n = len(splits.test[1])
        test_of = {name: found[f"test_sigmoid_{name}"] for name in ROWS}
        found |= {f"order_{a}_{b}": in_standard_errors(test_of[a], test_of[b], n) for a, b in ORDER}
        found["gap_sigmoid"] = in_standard_errors(test_of["dbn"], test_of["none"], n)
        best_relu = min(found["test_relu_dbn"], found["test_relu_auto"])
        found["gap_relu"] = in_standard_errors(best_relu, found["test_relu_none"], n)
        return found

    def table(self, results: Sequence[Measures]) -> Table:
        """The errors of each row, the mean over seeds, and the test error's spread."""
        rows = []
        for name, row in ROWS.items():
            said = []
            for units in UNITS:
                means = [100 * float(mean_of(results, f"{part}_{units}_{name}")) for part in PARTS]
                spread = 100 * float(np.std([one[f"test_{units}_{name}"] for one in results]))
                said.append(f"{means[0]:.2f} / {means[1]:.2f} / {means[2]:.2f} ± {spread:.2f}")
            rows.append([row.words, row.paper, *said])
        return Table(["train / valid / test error in %", "2007", *UNITS.values()], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The test error of each row, a line for each kind of units."""
        places = np.arange(len(ROWS))
        curves = [
            Curve(
                "class",
                places,
                np.array([mean_of(results, f"test_{units}_{name}") for name in ROWS]),
                said,
                k,
            )
            for k, (units, said) in enumerate(UNITS.items())
        ]
        ticks = tuple((float(k), row.short) for k, row in enumerate(ROWS.values()))
        axes = (
            Axis("row of the table", -0.3, len(ROWS) - 0.7, ticks),
            linear("test error", [0.0, *(float(y) for curve in curves for y in curve.y)]),
        )
        words = "test error of the five rows of 2007, with sigmoid units and with ReLU, means of all seeds"
        return Chart(self.title, (Panel(*axes, tuple(curves), words, key=True),))


def in_standard_errors(a: float, b: float, n: int) -> float:
    """Two errors' difference b − a on n pictures, in standard errors of such a difference.

    >>> round(in_standard_errors(0.1, 0.12, 5000), 3)
    3.198
    """
    spread = ((a * (1 - a) + b * (1 - b)) / n) ** 0.5
    return (b - a) / spread if spread else 0.0


def _errors(
    kind: str | None, hidden: Sequence[int], activation: str, splits: Splits, pretrain_epochs: int,
    epochs: int, lr: float, seed: int,
) -> dict[str, float]:  # fmt: skip
    """The error on each part after pretraining, where there is any, and training of the whole."""
    network = stack(splits.train[0].shape[1], hidden, seed, activation)
    if kind is not None:
        pretrain(network, splits.train, kind, pretrain_epochs, seed=seed)
    steps = epochs * -(-len(splits.train[0]) // 50)
    fine_tune(network, splits.train, splits.valid, steps, lr=lr, batch_size=50, seed=seed)
    return {part: error_of(network, rows) for part, rows in zip(PARTS, splits, strict=True)}

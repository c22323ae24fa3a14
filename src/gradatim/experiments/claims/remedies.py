"""Every remedy against overfitting on one overfitted network (B12, B21)."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Rows, Splits, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.charts.chart import Chart
from gradatim.explain.number_format import measure
from gradatim.models.mlp import mlp
from gradatim.random import generator
from gradatim.training.training import Training

SIDE = 8  # pixels of a digit
DRAWN = ("none", "early_stopping", "dropout", "l2", "weight_decay", "augmentation")


class Remedy(NamedTuple):
    """A remedy by name, each of its strengths as what `mlp` is told and what `Training` is told, and whether
    pictures are shifted.
    """

    words: str
    strengths: Sequence[tuple[dict[str, Any], dict[str, Any]]] = (({}, {}),)
    shifts: bool = False


REMEDIES = {
    "none": Remedy("no remedy"),
    "early_stopping": Remedy("early stopping", [({}, {"patience": 5})]),
    "dropout": Remedy("dropout", [({"dropout": p}, {}) for p in (0.3, 0.5)]),
    "l1": Remedy("L1", [({}, {"l1": one}) for one in (5e-4, 2e-3)]),
    "l2": Remedy("L2", [({}, {"l2": one}) for one in (2e-3, 1e-2, 5e-2)]),
    "weight_decay": Remedy(
        "decoupled weight decay", [({}, {"weight_decay": one}) for one in (0.3, 1.0, 3.0)]
    ),
    "augmentation": Remedy("augmentation", shifts=True),
}


class Remedies(Claim):
    """Overfitting and what helps: each remedy alone, on one network that learns wrong labels by heart.

        L1: L + λ Σ|w|;   L2: L + ½λ Σw²;   decoupled decay: w ← w − ηλw;   biases are left out of all three

    Dropout is inverted: a unit is dropped with probability p, the rest scaled by 1/(1 − p) (Srivastava et al.
    2014). Early stopping restores the parameters of the lowest validation loss.
    """

    title = "Remedies against overfitting"
    claim = (
        "A network with far more parameters than examples learns wrong labels by heart and its validation "
        "loss rises; each of early stopping, dropout, L1, L2, decoupled weight decay and augmentation alone "
        "makes it more accurate on the test."
    )
    data = (
        "handwritten digits (scikit-learn), 300 to learn from of which 60 have a wrong label, 300 to stop "
        "by, 1,197 for the test, drawn anew by each seed"
    )
    measure = (
        "each remedy at the strength of two or three with which most validation examples are right; "
        "accuracy on the training and the test examples of one network of 21,514 parameters after as many "
        "steps of Adam for each remedy; the last validation loss over the lowest"
    )
    thresholds = (
        Threshold("train_none", "training accuracy without a remedy", "≥", 0.99),
        Threshold("rise_none", "last validation loss over the lowest, without a remedy", "≥", 1.5),
        *(Threshold(f"gain_{name}", f"test accuracy gained, {one.words}", "≥", 0.02)
          for name, one in REMEDIES.items() if name != "none"),
    )  # fmt: skip
    sizes = Sizes(
        default={"hidden": (128, 92), "epochs": 60, "train": 300, "wrong": 60},
        full={"hidden": (512, 256), "epochs": 300, "train": 300, "wrong": 60},
    )

    def run(self, seed: int, hidden: Sequence[int], epochs: int, train: int, wrong: int) -> Measures:
        """Train the network once for each remedy."""
        splits = digit_splits(seed, train, valid=300)
        rows = splits.train[0], with_wrong_labels(splits.train[1], wrong, seed)
        found: Measures = {}
        for name, remedy in REMEDIES.items():
            tried = [
                _learn(rows, splits, seed, hidden, epochs, remedy.shifts, *strength)
                for strength in remedy.strengths
            ]
            k = max(range(len(tried)), key=lambda k: tried[k]["chosen_by"])
            found |= {f"{key}_{name}": value for key, value in tried[k].items()}
            found[f"strength_{name}"] = next(iter((*remedy.strengths[k][0].values(),
                                                   *remedy.strengths[k][1].values())), None)  # fmt: skip
        found["rise_none"] = found["valid_none"][-1] / min(found["valid_none"])
        gains = {f"gain_{name}": found[f"test_{name}"] - found["test_none"] for name in REMEDIES}
        return found | gains

    def table(self, results: Sequence[Measures]) -> Table:
        """The accuracy on both kinds of examples, the mean over seeds."""
        rows = [
            [
                one.words,
                ", ".join(dict.fromkeys(_strength(result[f"strength_{name}"]) for result in results)),
                *(f"{mean_of(results, f'{split}_{name}'):.3f}" for split in ("train", "test")),
            ]
            for name, one in REMEDIES.items()
        ]
        return Table(["mean over seeds", "strengths chosen", "training accuracy", "test accuracy"], rows)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """The validation loss over the course of training; L1, which is like L2, is in the table only."""
        lines = {}
        for name in DRAWN:
            losses = _mean_of_runs([one[f"valid_{name}"] for one in results])
            per = len(_mean_of_runs([one["valid_none"] for one in results])) / len(losses)
            share = per if name == "augmentation" else 1.0
            lines[REMEDIES[name].words] = share * np.arange(1, len(losses) + 1), losses
        words = "validation loss over training: without a remedy it rises, with one it rises less or stays"
        return Chart(
            self.title, (panel_of_lines("epochs of the 300 examples", "validation loss", lines, words),)
        )


def _learn(
    rows: Rows, splits: Splits, seed: int, hidden: Sequence[int], epochs: int, shifts: bool,
    of_network: dict[str, Any], of_training: dict[str, Any],
) -> Measures:  # fmt: skip
    """Train the network with a remedy of one strength."""
    network = Network(mlp(64, 10, hidden, **of_network), seed=seed, dtype=np.float64)
    examples = shifted(*rows) if shifts else rows
    training = Training(
        network, examples, valid=splits.valid, epochs=max(1, epochs * len(rows[0]) // len(examples[0])),
        lr=0.003, seed=seed, precision="float64", **of_training,
    )  # fmt: skip
    losses = [record.valid["loss"] for record in training]
    if "patience" in of_training:
        training.restore_best()
    chosen_by, train, test = (accuracy(network, one) for one in (splits.valid, rows, splits.test))
    return {"valid": losses, "chosen_by": chosen_by, "train": train, "test": test}


def with_wrong_labels(y: np.ndarray, wrong: int, seed: int) -> np.ndarray:
    """The labels, so many of which are another class."""
    random = generator(seed, "wrong labels")
    changed = y.copy()
    rows = random.choice(len(y), wrong, replace=False)
    changed[rows] = (changed[rows] + random.integers(1, 10, wrong)) % 10
    return changed


def shifted(x: np.ndarray, y: np.ndarray) -> Rows:
    """Every picture nine times: as it is, and moved by one pixel in each direction; what enters is empty."""
    pictures = np.pad(x.reshape(-1, SIDE, SIDE), ((0, 0), (1, 1), (1, 1)))
    moved = [pictures[:, i : i + SIDE, j : j + SIDE].reshape(len(x), -1) for i in range(3) for j in range(3)]
    return np.concatenate(moved), np.tile(y, 9)


def accuracy(network: Network, rows: Rows) -> float:
    """The share of examples whose class is right."""
    return float((network.outputs(rows[0]).argmax(1) == rows[1]).mean())


def _strength(value: float | None) -> str:
    return "–" if value is None else measure(value)


def _mean_of_runs(curves: Sequence[Sequence[float]]) -> np.ndarray:
    """The mean by epoch over runs of different lengths, as far as all of them go."""
    shortest = min(map(len, curves))
    return np.mean([curve[:shortest] for curve in curves], axis=0)

"""Each hyper-parameter alone (C13)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.checks import GradatimError
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.digits import Splits, digit_splits
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.explain.axes import Axis
from gradatim.explain.charts.chart import Chart, Panel
from gradatim.models.mlp import mlp
from gradatim.training.training import Training

BASE: dict[str, Any] = {
    "learning rate": 0.1, "epochs": 20, "batch size": 32, "activation": "relu", "layers": 1, "units": 32,
    "initialisation": None, "dropout": 0.0, "optimiser": "sgd",
}  # fmt: skip
VALUES: dict[str, tuple[Any, ...]] = {
    "learning rate": (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0),
    "epochs": (1, 2, 5, 10, 20, 80),
    "batch size": (4, 16, 32, 64, 256, 600),
    "activation": ("identity", "sigmoid", "tanh", "relu", "elu", "gelu"),
    "layers": (0, 1, 2, 4, 8, 16),
    "units": (1, 2, 4, 16, 64, 256),
    "initialisation": ("zeros", "xavier_uniform", "xavier_normal", "lecun_normal", "he_uniform", "he_normal"),
    "dropout": (0.0, 0.1, 0.3, 0.5, 0.7, 0.9),
    "optimiser": ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam"),
}
SHORT = {  # names below an axis
    "xavier_uniform": "Xavier U", "xavier_normal": "Xavier N", "lecun_normal": "LeCun N",
    "he_uniform": "He U", "he_normal": "He N",
}  # fmt: skip
GUESS = 0.9  # the error of ten classes by chance: that of a network whose training has met no finite number


class Course(NamedTuple):
    """Training loss and validation error after each epoch, and the training error at the end."""

    losses: list[float]
    errors: list[float]
    train_error: float


class OneHyperParameter(Claim):
    """What each hyper-parameter does to one small network while all others stay.

    One hidden layer of 32 ReLU, gradient descent with η = 0.1 on minibatches of 32, 20 epochs, no dropout.
    Of all hyper-parameters the learning rate is the one to get right first (Bengio 2012, section 3.1).
    """

    title = "Every hyper-parameter alone"
    claim = (
        "Changed alone, the learning rate moves the validation error at least as much as any other of nine "
        "hyper-parameters, and both a very small and a very large one cost; one hidden unit is too few; "
        "zero weights do not learn; sixteen layers learn worse than one; a large batch has the higher "
        "training loss after as many epochs; dropout raises the training error."
    )
    data = "handwritten digits (scikit-learn), 600 to learn from, 1,197 to validate, drawn anew by each seed"
    measure = (
        "training loss and validation error by epoch for six values of each hyper-parameter, and the "
        "errors after the last epoch; `range` is the largest less the smallest validation error of the "
        "six; an error is 0.9 where the loss was not finite"
    )
    thresholds = (
        Threshold("most", "range of the learning rate less the largest range of the others", "≥", 0.0),
        Threshold("rate_low", "validation error at the smallest η less that at the best", "≥", 0.1),
        Threshold("rate_high", "validation error at the largest η less that at the best", "≥", 0.1),
        Threshold("one_unit", "validation error with one hidden unit less that with 64", "≥", 0.2),
        Threshold("zero_init", "validation error from zero weights", "≥", 0.7),
        Threshold("deep", "validation error of sixteen layers less that of one", "≥", 0.05),
        Threshold("large_batch", "training loss with a batch of 600 in units of that with 4", "≥", 2),
        Threshold("dropped", "training error at dropout 0.9 less that without", "≥", 0.05),
    )
    sizes = Sizes(
        default={"epochs": 20, "longest": 80, "train": 600},
        full={"epochs": 100, "longest": 400, "train": 600},
    )

    def run(self, seed: int, epochs: int, longest: int, train: int) -> Measures:
        """Train with each value of each hyper-parameter."""
        splits = digit_splits(seed, train)
        found: Measures = {}
        for name, values in VALUES.items():
            if name == "epochs":
                values = tuple(dict.fromkeys(min(one, longest) for one in (*values, longest)))
            courses = [_learn(splits, seed, {**BASE, "epochs": epochs, name: one}) for one in values]
            found[f"{name}.values"] = list(values)
            found[f"{name}.loss"] = [one.losses for one in courses]
            found[f"{name}.error"] = [one.errors for one in courses]
            found[f"{name}.end"] = [one.errors[-1] for one in courses]
            found[f"{name}.train_end"] = [one.train_error for one in courses]
        return found | _measures(found)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """For each hyper-parameter the validation error by epoch, and both errors by value; means."""
        panels = [panel for name in VALUES for panel in (_curves(results, name), _ends(results, name))]
        return Chart(self.title, tuple(panels), columns=2)

    def table(self, results: Sequence[Measures]) -> Table:
        """The best and the worst value of each hyper-parameter by the mean validation error."""
        rows = []
        for name in VALUES:
            error, values = mean_of(results, f"{name}.end"), results[0][f"{name}.values"]
            best, worst = int(error.argmin()), int(error.argmax())
            said = [f"{values[k]}: {error[k]:.1%}" for k in (best, worst)]
            rows.append([name, *said, f"{error[worst] - error[best]:.1%}"])
        return Table(["hyper-parameter", "best value", "worst value", "range"], rows)


def _learn(splits: Splits, seed: int, how: Mapping[str, Any]) -> Course:
    """Train with these hyper-parameters; an optimiser other than descent has its own usual η."""
    hidden = (how["units"],) * how["layers"]
    layers = mlp(64, 10, hidden, how["activation"], how["dropout"], init=how["initialisation"])
    network = Network(layers, seed=seed, dtype=np.float64)
    lr = how["learning rate"] if how["optimiser"] == "sgd" else None
    training = Training(
        network, splits.train, valid=splits.test, optimizer=how["optimiser"], lr=lr, epochs=how["epochs"],
        batch_size=how["batch size"], seed=seed, precision="float64",
    )  # fmt: skip
    losses, errors = [], []
    try:
        for record in training:
            losses.append(record.train_loss)
            errors.append(1 - record.valid["accuracy"])
    except GradatimError:
        missing = how["epochs"] - len(losses)
        return Course(losses + [float("inf")] * missing, errors + [GUESS] * missing, GUESS)
    x, y = splits.train
    return Course(losses, errors, float((network.outputs(x).argmax(1) != y).mean()))


def _measures(found: Measures) -> Measures:
    """What the thresholds read."""
    errors = {name: dict(zip(found[f"{name}.values"], found[f"{name}.end"], strict=True)) for name in VALUES}
    ranges = {name: max(of.values()) - min(of.values()) for name, of in errors.items()}
    rate = list(errors["learning rate"].values())
    loss, trained = found["batch size.loss"], found["dropout.train_end"]
    return {
        **{f"{name}.range": size for name, size in ranges.items()},
        "most": ranges["learning rate"]
        - max(size for name, size in ranges.items() if name != "learning rate"),
        "rate_low": rate[0] - min(rate),
        "rate_high": rate[-1] - min(rate),
        "one_unit": errors["units"][1] - errors["units"][64],
        "zero_init": errors["initialisation"]["zeros"],
        "deep": errors["layers"][16] - errors["layers"][1],
        "large_batch": loss[-1][-1] / loss[0][-1],
        "dropped": trained[-1] - trained[0],
    }


def _curves(results: Sequence[Measures], name: str) -> Panel:
    """The validation error by epoch, a line for each value; of the epochs themselves the longest alone."""
    values = results[0][f"{name}.values"]
    lines = {}
    for k, value in enumerate(values):
        curve = np.mean([one[f"{name}.error"][k] for one in results], axis=0)
        lines[f"{name} {value}"] = np.arange(1, len(curve) + 1), curve
    if name == "epochs":
        lines = dict([list(lines.items())[-1]])
    words = f"validation error by epoch for values of {name}"
    return panel_of_lines("epoch", "validation error", lines, words, caption=name)


def _ends(results: Sequence[Measures], name: str) -> Panel:
    """Both errors after the last epoch, by value; values stand side by side, whatever their distance."""
    values = results[0][f"{name}.values"]
    places = np.arange(len(values))
    lines = {
        "training": (places, mean_of(results, f"{name}.train_end")),
        "validation": (places, mean_of(results, f"{name}.end")),
    }
    panel = panel_of_lines(name, "error", lines, f"error by {name}", caption="after the last epoch")
    ticks = tuple((float(k), SHORT.get(value, str(value))) for k, value in enumerate(values))
    return replace(panel, x_axis=Axis(name, -0.3, len(values) - 0.7, ticks))

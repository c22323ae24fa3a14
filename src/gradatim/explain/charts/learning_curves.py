"""Learning curves of one run, or of several compared."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from gradatim.explain import axes
from gradatim.explain.charts.chart import Best, Chart, Curve, Dots, Panel
from gradatim.explain.comparison import SHARES
from gradatim.explain.number_format import measure_name


class Course(NamedTuple):
    """A run's name, its records, and its best epoch."""

    name: str
    records: Sequence[dict[str, Any]]
    best_epoch: int | None


def learning_curves(runs: Sequence[Course]) -> Chart:
    """Training and validation loss by epoch, and the first other measure on validation examples; shares in
    per cent. There is no panel of what was not measured.
    """
    title = f"Learning curves of {runs[0].name}" if len(runs) == 1 else "Learning curves compared"
    panels = [_panel(runs, measure) for measure in ["loss", *other_measures(runs)[:1]]]
    found = tuple(panel for panel in panels if panel is not None)
    return Chart(title, found, columns=len(found))


def stage_curves(stages: Mapping[str, Sequence[dict[str, Any]]]) -> Chart:
    """The training loss of each stage by its epochs, a panel for each."""
    panels = []
    for name, records in stages.items():
        epochs, values = points(records, "train_loss")
        if len(epochs):
            alone = len(epochs) == 1  # which no line is drawn through
            mark = Dots("bin", epochs, values) if alone else Curve("training", epochs, values)
            ends = f"{values[0]:.4g} in epoch {epochs[0]}, {values[-1]:.4g} in epoch {epochs[-1]}"
            panels.append(
                Panel(
                    axes.of_epochs(int(epochs[0]), int(epochs[-1])),
                    axes.of_losses(f"loss, {name}", values.tolist()),
                    (mark,),
                    f"training loss of {name}: {ends}",
                )
            )
    return Chart("Stages of learning", tuple(panels), columns=min(len(panels), 3))


def other_measures(runs: Sequence[Course]) -> list[str]:
    """What else was measured on validation examples, in the records' order."""
    keys = [key for run in runs for record in run.records for key in record if key.startswith("valid_")]
    return [key.removeprefix("valid_") for key in dict.fromkeys(keys) if key != "valid_loss"]


def points(records: Sequence[dict[str, Any]], key: str) -> tuple[np.ndarray, np.ndarray]:
    """The epochs at which something was measured, and what it was; what is not finite has no place.

    >>> points([{"epoch": 1, "loss": 2.5}, {"epoch": 2}, {"epoch": 3, "loss": 1.5}], "loss")
    (array([1, 3]), array([2.5, 1.5]))
    """
    measured = [
        (int(record["epoch"]), float(record[key])) for record in records if record.get(key) is not None
    ]
    found = [(epoch, value) for epoch, value in measured if isfinite(value)]
    return np.array([epoch for epoch, _ in found], int), np.array([value for _, value in found], float)


def _panel(runs: Sequence[Course], measure: str) -> Panel | None:
    """One quantity; None if no record has it."""
    share = any(word in measure for word in SHARES)
    by_run = [_curves(run, measure, k, len(runs) > 1, 100 if share else 1) for k, run in enumerate(runs)]
    curves = [curve for found in by_run for curve in found]
    if not curves:
        return None
    values = np.concatenate([curve.y for curve in curves]).tolist()
    epochs = np.concatenate([curve.x for curve in curves])
    name = measure_name(measure)
    y_axis = axes.linear(f"{name} (%)", values, highest=100) if share else axes.of_losses(name, values)
    best = [
        mark for run, found in zip(runs, by_run, strict=True) for mark in _best(run, found, len(runs) > 1)
    ]
    told = [_words(curve, runs) for curve in curves]
    return Panel(
        axes.of_epochs(int(epochs.min()), int(epochs.max())), y_axis, (*best, *curves),
        "; ".join([f"{y_axis.name} by epoch", *told]),
    )  # fmt: skip


def _curves(run: Course, measure: str, series: int, compared: bool, scale: float) -> list[Curve]:
    """A run's one or two lines; of runs compared, the last of a run's lines bears its name."""
    found = []
    for role, split in (("training", "train"), ("validation", "valid")):
        epochs, values = points(run.records, f"{split}_{measure}")
        if len(epochs):
            found.append(Curve(role, epochs, scale * values, "" if compared else role, series))
    if compared and found:
        found[-1] = Curve(found[-1].role, found[-1].x, found[-1].y, run.name, series)
    return found


def _best(run: Course, curves: Sequence[Curve], compared: bool) -> list[Best]:
    """The best epoch on those of a run's lines that have a name."""
    values = [curve.y[curve.x == run.best_epoch] for curve in curves if curve.name]
    if run.best_epoch is None or not any(map(len, values)):
        return []
    name = "best epoch" if compared else f"best: epoch {run.best_epoch}"
    return [Best(run.best_epoch, np.concatenate(values), name)]


def _words(curve: Curve, runs: Sequence[Course]) -> str:
    """Where a line begins and where it ends."""
    name = curve.role if len(runs) == 1 else f"{runs[curve.series].name}, {curve.role}"
    ends = range(len(curve.x))[:: max(len(curve.x) - 1, 1)]
    return f"{name}: " + ", ".join(f"{curve.y[i]:.4g} in epoch {curve.x[i]}" for i in ends)

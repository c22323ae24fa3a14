"""The overfitting monitor of a Boltzmann machine: free energies of training and validation by epoch."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.explain import axes
from gradatim.explain.charts.chart import Chart, Curve, Mark, Panel, Reference
from gradatim.explain.charts.learning_curves import points
from gradatim.unsupervised.free_energies import ERRORS, are_apart

KEYS = {"training": "train_free_energy", "validation": "valid_free_energy"}
APART = "valid_free_energy_apart"


def has_free_energies(records: Sequence[dict[str, Any]]) -> bool:
    """Whether both energies were measured in some epoch."""
    return all(len(points(records, key)[0]) for key in KEYS.values())


def parting(records: Sequence[dict[str, Any]]) -> int | None:
    """The epoch from which on to the last the energies are apart; None where they are not at the end.

    They part at 4 standard errors, and come together again below 2.

    >>> apart = [1.0, 5.0, 3.0, 6.0]
    >>> parting([{"epoch": n, "valid_free_energy_apart": z} for n, z in enumerate(apart, 1)])
    2
    """
    since: int | None = None
    for epoch, errors in zip(*points(records, APART), strict=True):
        if not are_apart(float(errors), since is not None):
            since = None
        elif since is None:
            since = int(epoch)
    return since


def free_energy_chart(records: Sequence[dict[str, Any]], title: str) -> Chart:
    """Both mean free energies, and how many standard errors validation's lies above training's."""
    part = parting(records)
    panels = [_energies(records, part)]
    if len(points(records, APART)[0]):
        panels.append(_apart(records))
    return Chart(title, tuple(panels), columns=len(panels))


def _energies(records: Sequence[dict[str, Any]], part: int | None) -> Panel:
    curves = [Curve(role, *points(records, key), role) for role, key in KEYS.items()]
    x, y = (np.concatenate([getattr(curve, name) for curve in curves]) for name in "xy")
    y_axis = axes.linear("mean free energy", y.tolist())
    marks: list[Mark] = [] if part is None else [_line(part, y_axis, f"they part in epoch {part}")]
    words = "; ".join(f"{curve.role} ends at {curve.y[-1]:.4g}" for curve in curves)
    said = "" if part is None else f"; they part in epoch {part}"
    return Panel(
        axes.of_epochs(int(x.min()), int(x.max())), y_axis, (*marks, *curves),
        f"mean free energy by epoch: {words}{said}",
    )  # fmt: skip


def _apart(records: Sequence[dict[str, Any]]) -> Panel:
    x, y = points(records, APART)
    x_axis = axes.of_epochs(int(x.min()), int(x.max()))
    y_axis = axes.linear("validation − training (standard errors)", [0.0, ERRORS, *y.tolist()])
    limit = Reference((x_axis.low, ERRORS), (x_axis.high, ERRORS), f"overfitting, from {ERRORS:g} on")
    words = f"validation's free energy lies {y[-1]:.3g} standard errors above training's at the end"
    return Panel(x_axis, y_axis, (limit, Curve("share", x, y)), words)


def _line(epoch: int, y_axis: axes.Axis, name: str) -> Reference:
    """Across the plot at an epoch."""
    return Reference((epoch, y_axis.low), (epoch, y_axis.high), name)

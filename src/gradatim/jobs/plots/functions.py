"""Functions of one number, by their names: activations, losses, schedules."""

from typing import Any

from gradatim.by_hand.losses.by_name import LOSSES
from gradatim.catalog import names
from gradatim.checks import UsageError, known
from gradatim.explain.figures.activations import activation_names, activations_figure
from gradatim.explain.figures.losses import CASES, loss_names, losses_figure
from gradatim.explain.figures.schedules import schedules_figure
from gradatim.jobs.plots.request import Drawing, PlotRequest


def activations(asked: PlotRequest) -> Drawing:
    """Activations and their derivatives: those named, or all."""
    chosen = _chosen("activation", asked, activation_names(), activation_names())
    return Drawing(activations_figure(chosen, asked.arguments), {"names": chosen})


def losses(asked: PlotRequest) -> Drawing:
    """Losses and their derivatives by the output: those named, or all."""
    drawable = [name for name in LOSSES if LOSSES[name] in CASES]
    chosen = _chosen("loss", asked, drawable, loss_names())
    return Drawing(losses_figure(chosen, asked.arguments), {"names": chosen})


def schedules(asked: PlotRequest) -> Drawing:
    """Schedules of the learning rate: those named, as `NAME` or `NAME:key=value`, or all."""
    for text in asked.things:
        known("schedule", str(text).partition(":")[0], names("schedule"))
    chosen = [_with(str(text), asked.arguments) for text in asked.things or names("schedule")]
    return Drawing(schedules_figure(chosen), {"names": chosen})


GROUPS = {
    "activations": activation_names,
    "losses": lambda: [name for name in LOSSES if LOSSES[name] in CASES],
    "schedules": lambda: names("schedule"),
}  # whose members can be named alone


def _chosen(kind: str, asked: PlotRequest, drawable: list[str], everything: list[str]) -> list[str]:
    if asked.arguments and len(asked.things) != 1:
        raise UsageError(f"key=value belongs to one {kind}: name it")
    return [known(kind, str(name), drawable) for name in asked.things] or everything


def _with(text: str, arguments: dict[str, Any]) -> str:
    """A schedule's text with arguments that were given apart from it."""
    for key, value in arguments.items():
        listed = "/".join(map(str, value)) if isinstance(value, list | tuple) else value
        text += f"{',' if ':' in text else ':'}{key}={listed}"
    return text

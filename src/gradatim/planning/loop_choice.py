"""Which way of learning teaches a network: the loop that its row of the catalogue names, else Training."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.planning.options import options_of
from gradatim.planning.settings import Settings
from gradatim.training.loop import Loop
from gradatim.training.training import Training


def loop_class(model: Any) -> type[Loop]:
    """The class of the loop for a network's name or description; Training for any other."""
    name = model.get("name") if isinstance(model, Mapping) else model
    row = next((row for row in catalog.entries("network") if row.name == name), None)
    if row is None or not row.loop:
        return Training
    module, attribute = row.loop.split(":")
    return getattr(import_module(module), attribute)


def usual_task(model: Any) -> str | None:
    """The task that a way of learning has of its own; None where the data pose it."""
    return (loop_class(model).task or None) if isinstance(model, str | Mapping) else None


def with_usual(settings: Settings, given: Collection[str], model: Any) -> Settings:
    """The settings with those that a way of learning has of its own; UsageError for one it cannot take."""
    way = loop_class(model)
    of_training = [one.name for one, known, _ in options_of(Settings) if known.trains]
    of_training += ["optimizer", "schedule"]
    for name in of_training if way.takes else ():
        of_its_own = getattr(settings, name) == way.usual.get(name)  # as a run that goes on has it
        if name in given and name not in way.takes and not of_its_own:
            raise UsageError(f"--{name.replace('_', '-')} is not for {model}, which learns by {way.update}")
    return replace(settings, **{n: value for n, value in way.usual.items() if getattr(settings, n) is None})

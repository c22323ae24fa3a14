"""Which way of learning teaches a network: the loop that its row of the catalogue names, else Training."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.planning.network_class import network_class
from gradatim.planning.options import options_of
from gradatim.planning.training_options import Settings
from gradatim.problems.choose import kind_of
from gradatim.training.loop import Loop
from gradatim.training.training import Training

ANY = "reconstruction"  # the task of a network that reads no target, whatever its own is


def loop_class(model: Any) -> type[Loop]:
    """The class of the loop for a network's name or description; Training for any other."""
    name = model.get("name") if isinstance(model, Mapping) else model
    row = next((row for row in catalog.entries("network") if row.name == name), None)
    if row is None or not row.loop:
        return Training
    module, attribute = row.loop.split(":")
    return getattr(import_module(module), attribute)


def named_network(model: Any, task: str, examples: Any) -> Any:
    """The network that was asked for, by its name for such examples: a Transformer learns a text by another
    network than pairs of sequences. Where none was, what learns a task without targets; None where the data
    choose it.
    """
    if model is None:
        return _usual_for(task, examples)
    if not isinstance(model, str):
        return model
    others = getattr(network_class(model), "by_layout", {})
    return others.get(examples.form, others.get(examples.layout, model))


def _usual_for(task: str, examples: Any) -> str | None:
    """The network that learns a task without targets from rows or pictures; None where the data choose it."""
    own = kind_of(task).own_network if task else ""
    if own:
        return own
    if task != ANY or examples.layout != "rows" or not isinstance(examples.x, np.ndarray):
        return None
    return "conv_autoencoder" if examples.form == "folders of pictures" else "autoencoder"


def usual_task(model: Any) -> str | None:
    """The task that a way of learning has of its own; None where the data pose it."""
    return (loop_class(model).task or None) if isinstance(model, str | Mapping) else None


def reads_texts(model: Any) -> bool:
    """Whether a network that was asked for reads sequences, as texts are, and no rows; any where none was.

    >>> reads_texts(None), reads_texts("sequence_classifier"), reads_texts("mlp")
    (True, True, False)
    """
    return model is None or getattr(network_class(model), "layout", "rows") == "padded"


def with_usual(settings: Settings, given: Collection[str], model: Any) -> Settings:
    """The settings with those that a way of learning has of its own; UsageError for one it cannot take."""
    way = loop_class(model)
    for name in _of_training() if way.takes else ():
        of_its_own = getattr(settings, name) == way.usual.get(name)  # as a run that goes on has it
        if name in given and name not in way.takes and not of_its_own:
            raise UsageError(f"--{name.replace('_', '-')} is not for {model}, which learns by {way.update}")
    open_ = {n: value for n, value in way.usual.items() if getattr(settings, n) in (None, "auto")}
    return replace(settings, **open_)


def usual_choices(before: Settings, after: Settings, model: Any) -> dict[str, str]:
    """The settings that a way of learning has of its own where nothing was asked for, and why."""
    why = loop_class(model).reasons
    return {
        name: f"{getattr(after, name):g}: {reason}"
        for name, reason in why.items()
        if getattr(before, name) != getattr(after, name)
    }


def useless_settings(model: Any) -> set[str]:
    """The settings of training that a network's way of learning has no use for."""
    way = loop_class(model)
    return set(_of_training()) - {*way.takes, *way.usual} if way.takes else set()


def settings_in_use(settings: Mapping[str, Any], model: Any) -> dict[str, Any]:
    """The settings of a run that its way of learning has a use for, and that have a value.

    >>> settings_in_use({"lr": 0.1, "optimizer": "adam", "seed": 0, "patience": None}, {"name": "rbm"})
    {'lr': 0.1, 'seed': 0}
    """
    unused = useless_settings(model)
    return {name: value for name, value in settings.items() if value is not None and name not in unused}


def _of_training() -> list[str]:
    """The settings that are about training, whatever learns."""
    return [one.name for one, known, _ in options_of(Settings) if known.trains] + ["optimizer", "schedule"]

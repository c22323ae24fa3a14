"""Which way of learning teaches a network: the loop that its row of the catalogue names, else Training."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from gradatim import catalog
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

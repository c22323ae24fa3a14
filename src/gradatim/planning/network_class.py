"""The class behind a network that was asked for."""

from collections.abc import Mapping
from typing import Any

from gradatim import catalog


def network_class(model: Any) -> Any:
    """What a network's name, or the name in its description, stands for in the catalogue; None where the
    catalogue has none. A module, and its class, stand for themselves.

    >>> network_class("mlp").__name__, network_class({"name": "tagger"}).__name__, network_class(None)
    ('mlp', 'Tagger', None)
    """
    name = model.get("name") if isinstance(model, Mapping) else model
    if name is not None and not isinstance(name, str):
        return name
    row = next((row for row in catalog.entries("network") if row.name == name), None)
    return None if row is None else row.load()

"""The seventh stage: the network itself, its weights drawn, and then those that it begins with."""

from typing import Any

from gradatim import device
from gradatim.by_hand.network import Network
from gradatim.models.description import describe, expand
from gradatim.planning.draft import Draft
from gradatim.planning.training_options import Settings


def build_network(draft: Draft) -> None:
    """Make the network, unless it came made; every aid may put in what it brings."""
    draft.made = draft.named if draft.entry is None else _build(draft.entry, draft.settings)
    for aid in draft.aids:
        aid.begin(draft)


def _build(network: dict[str, Any], settings: Settings) -> Any:
    layers = expand(network)  # errors of a description before torch is imported
    if settings.engine == "numpy":
        return Network(layers or [], settings.seed, settings.precision)
    import torch

    from gradatim.models.building import build

    return build(describe(network), settings.seed, getattr(torch, device.kept_in(settings.precision)))

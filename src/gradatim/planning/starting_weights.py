"""Weights to begin with: a file's, or those that torchvision published."""

from pathlib import Path
from typing import Any

from gradatim.checks import UsageError

PUBLISHED = "published"  # instead of a file


def begin_with(network: Any, entry: dict[str, Any] | None, weights: str | Path) -> str:
    """Set a network's weights; a sentence on where they came from and what stayed as it was drawn."""
    from gradatim.models.pretrained import published_weights
    from gradatim.models.weights import read_weights, set_weights

    if entry is None:
        raise UsageError("a network of your own comes with its weights; --weights is for the catalogue's")
    path = published_weights(entry["name"]) if weights == PUBLISHED else Path(weights)
    kept = set_weights(network, read_weights(path), f"the weights in {path}")
    return f"{path}; {kept}" if kept else str(path)


def weights_source(weights: str | Path | None, pretrained: bool) -> str | Path | None:
    """The file, or PUBLISHED; UsageError for both."""
    if pretrained and weights is not None:
        raise UsageError("--pretrained and --weights both name weights to begin with: give one")
    return PUBLISHED if pretrained else weights

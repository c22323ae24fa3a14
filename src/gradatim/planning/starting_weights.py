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


def twin_notices(network: Any) -> list[str]:
    """That weights may be of another network, whose names and shapes are the same."""
    from gradatim.models.weights import twin_sentence

    return [said] if (said := twin_sentence(network)) else []


def engine_for(weights: str | Path | None, asked: str) -> str:
    """The engine that was asked for, or torch where there are weights to begin with."""
    if weights is not None and asked == "numpy":
        raise UsageError("the NumPy engine begins with weights of its own; leave out --engine numpy")
    return asked if weights is None else "torch"


def place_of(weights: str | Path | None) -> str | None:
    """What finds them again: PUBLISHED, or a whole path."""
    if weights is None or weights == PUBLISHED:
        return weights and PUBLISHED
    return str(Path(weights).resolve())


def weights_source(weights: str | Path | None, pretrained: bool) -> str | Path | None:
    """The file, or PUBLISHED; UsageError for both."""
    if pretrained and weights is not None:
        raise UsageError("--pretrained and --weights both name weights to begin with: give one")
    return PUBLISHED if pretrained else weights

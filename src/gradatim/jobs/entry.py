"""The entry of a network of the catalogue: what the data decide, what was set, what was asked for."""

from collections.abc import Collection
from math import prod
from typing import Any

from gradatim import catalog
from gradatim.checks import GradatimError, UsageError, unknown_argument
from gradatim.jobs.settings import OF_NETWORK, Settings
from gradatim.models.description import arguments_of, expand, parameters_of, row_of
from gradatim.training.choosing import multiply_adds_by_hand


def is_dense(model: str) -> bool:
    """Whether a network reads an example as one vector; the recipes' hidden layers are for those."""
    return "in_features" in parameters_of(catalog.find(model, "network").load())


def entry_of(
    model: str, asked: dict[str, Any], settings: Settings, shape: tuple[int, ...], outputs: int
) -> dict[str, Any]:
    """The entry of a network for examples of a shape.

    Raises UsageError for an argument that it does not take, and for data that it cannot read.
    """
    row = catalog.find(model, "network")
    takes = parameters_of(row.load())
    set_ = {name: getattr(settings, name) for name in OF_NETWORK if getattr(settings, name) is not None}
    for name in (*asked, *(() if is_dense(model) else set_)):
        if name not in takes:
            raise unknown_argument(model, name, takes)
    entry: dict[str, Any] = {"name": model, **_sizes(model, takes, shape, outputs)}
    for name, value in set_.items():
        if name in takes:
            entry[name] = list(value) if isinstance(value, tuple) else value
    entry |= asked
    arguments_of(entry, row.load())
    return entry


def work_of(entry: dict[str, Any] | None, shape: tuple[int, ...], parameters: int) -> int:
    """The multiply-adds of one example: a dense network has as many as parameters, a convolution more.

    A stack whose every layer has a twin by hand is counted by the twins, without torch.
    """
    if entry is None or not shape or not _slides(entry):
        return parameters
    try:
        return multiply_adds_by_hand(expand(entry) or [entry], shape)
    except (UsageError, GradatimError):
        pass
    import torch

    from gradatim.models.accounting import multiply_adds
    from gradatim.models.building import make

    with torch.device("meta"):
        return multiply_adds(make(entry), shape)


def _slides(entry: dict[str, Any]) -> bool:
    """Whether it is a network of pictures or clips, or a stack with a convolution."""
    layers = expand(entry)
    if layers is None:
        row = row_of(entry)
        return row is not None and row.kind == "network" and hasattr(row.load(), "axes")
    return any("conv" in layer["name"] for layer in layers)


def _sizes(model: str, takes: Collection[str], shape: tuple[int, ...], outputs: int) -> dict[str, Any]:
    """The arguments that the data decide: features; or channels, and perhaps the size."""
    if "in_features" in takes:
        return {"in_features": prod(shape), "out_features": outputs}
    if "vocabulary_size" in takes:
        raise UsageError(f"{model} learns from a text, such as tinyshakespeare or book.txt")
    if "in_channels" not in takes:
        raise UsageError(f"{model} needs a description: --model FILE.json")
    axes = catalog.find(model, "network").load().axes
    if len(shape) != 1 + axes:
        what = "pictures (C, H, W)" if axes == 2 else "clips (C, T, H, W)"
        raise UsageError(f"{model} learns from {what}; an example here has the shape {tuple(shape)}")
    sizes = {"in_channels": shape[0], "num_classes": outputs}
    return {**sizes, "input_size": list(shape[1:])} if "input_size" in takes else sizes

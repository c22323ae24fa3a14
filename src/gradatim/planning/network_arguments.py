"""The entry of a network of the catalogue: what the data decide, what was set, what was asked for."""

from math import prod
from typing import Any

from gradatim import catalog
from gradatim.checks import GradatimError, UsageError, unknown_argument
from gradatim.data.arrays import COLOURS
from gradatim.data.encoders.encoder import Encoder
from gradatim.models.description import arguments_of, expand, parameters_of, row_of
from gradatim.planning.defaults import recipe_for
from gradatim.planning.embeddings import with_embeddings
from gradatim.planning.loop_choice import loop_class
from gradatim.planning.network_class import network_class
from gradatim.planning.training_options import OF_NETWORK, Settings
from gradatim.training.engines.rule import multiply_adds_by_hand

ALWAYS_ASKED = frozenset({"cell"})  # settings that no recipe chooses
KINDS = {1: "series (C, L)", 2: "pictures (C, H, W)", 3: "clips (C, T, H, W)"}  # by their axes


def is_sized_by_hidden(model: str) -> bool:
    """Whether a network's hidden layers are a setting: the recipes' are for those."""
    takes = parameters_of(catalog.find(model, "network").load())
    return "in_features" in takes or "hidden_size" in takes


def units_of(asked: dict[str, Any]) -> tuple[int, ...]:
    """The units of the hidden layers among a network's arguments; none where they are not, or are no numbers.

    >>> units_of({"hidden": [8, 4]}), units_of({"hidden_size": 8}), units_of({"activation": "tanh"})
    ((8, 4), (8,), ())
    """
    given = asked.get("hidden", asked.get("hidden_size", ()))
    given = given if isinstance(given, list | tuple) else (given,)
    return tuple(given) if all(isinstance(n, int) and n > 0 for n in given) else ()


def encoder_of_network(model: Any, usual: str) -> str | None:
    """The encoder, by its name, that a network of the catalogue reads in place of the usual one; None where
    it reads that.

    >>> encoder_of_network("word_tagger", "words"), encoder_of_network("tagger", "words")
    ('spelled words', None)
    """
    return getattr(network_class(model), "reads", {}).get(usual)


def check_layout(model: str, examples: Any) -> None:
    """Raise UsageError where a network of the catalogue does not read such examples."""
    if examples.only_own:
        raise UsageError(examples.only_own)
    network = catalog.find(model, "network").load()
    sees_ahead = getattr(examples, "hides_future", False) and not getattr(network, "causal", False)
    if getattr(network, "layout", "rows") != examples.layout or sees_ahead:
        usual = recipe_for(examples.form, len(examples)).network
        raise UsageError(
            f"{model} does not learn from {examples.form}; {usual} does: leave out --model {model}"
        )


def entry_of(
    model: str, asked: dict[str, Any], settings: Settings, examples: Any, encoder: Encoder, outputs: int,
    classes: int = 0,
) -> dict[str, Any]:  # fmt: skip
    """The entry of a network for examples, as an encoder gives them, and a number of outputs;
    `classes` are those of a question that has outputs of its own, not the inputs again.

    Raises UsageError for an argument that it does not take, and for data that it cannot read.
    """
    row = catalog.find(model, "network")
    takes = parameters_of(row.load())
    entry: dict[str, Any] = {"name": model, **_sizes(model, takes, examples, encoder, outputs)}
    entry |= {name: size for name, size in encoder.sizes.items() if name in takes}
    if "visible" in takes and "num_classes" in takes:
        entry["num_classes"] = classes
    asked = with_embeddings(asked, encoder)
    set_ = {name: getattr(settings, name) for name in OF_NETWORK if getattr(settings, name) is not None}
    by_recipe = is_sized_by_hidden(model) and not loop_class(model).sizes_itself
    for name in (*asked, *(ALWAYS_ASKED & set_.keys() if by_recipe else set_)):
        if name not in takes:
            raise unknown_argument(model, name, takes)
    if "hidden_size" in takes and "hidden" in set_:
        entry |= _equal_layers(model, set_.pop("hidden"))
    if "visible" in takes and "hidden" in set_ and isinstance(takes["hidden"].default, int):
        entry["hidden"] = _only_layer(model, set_.pop("hidden"))
    for name, value in set_.items():
        if name in takes:
            entry[name] = list(value) if isinstance(value, tuple) else value
    entry |= asked
    arguments_of(entry, row.load())
    return entry


def _equal_layers(model: str, hidden: tuple[int, ...]) -> dict[str, int]:
    """Layers of a recurrent network, which have equally many units."""
    if not hidden:
        raise UsageError(f"{model} needs hidden units, such as --hidden 320")
    if len(set(hidden)) > 1:
        raise UsageError(f"the layers of {model} have equally many units; hidden is {list(hidden)}")
    return {"hidden_size": hidden[0], "num_layers": len(hidden)}


def _only_layer(model: str, hidden: tuple[int, ...]) -> int:
    if len(hidden) != 1:
        raise UsageError(f"{model} has one layer of hidden units; hidden is {list(hidden)}")
    return hidden[0]


def _sizes(model: str, takes: Any, examples: Any, encoder: Encoder, outputs: int) -> dict[str, Any]:
    """The arguments that the data decide: features, channels and size, or symbols."""
    shape = encoder.shape(examples.shape)
    outputs_of = {name: outputs for name in ("num_classes", "out_features") if name in takes}
    if "alphabet_size" in takes and "alphabet_size" not in encoder.sizes:
        usual = recipe_for(examples.form, len(examples)).network
        raise UsageError(
            f"{model} reads words; {usual} learns from {examples.form}: leave out --model {model}"
        )
    if encoder.symbols is not None:
        sizes = {name: size for name, size in encoder.sizes.items() if name in takes}
        return {"vocabulary_size": encoder.symbols, **sizes, **outputs_of}
    if "visible" in takes:
        return {"visible": prod(shape)}
    if "input_len" in takes:
        return {"input_len": prod(shape)}
    if "in_features" in takes:
        return {"in_features": prod(shape), **outputs_of}
    if "in_channels" not in takes:
        raise UsageError(f"{model} needs a description: --model FILE.json")
    axes = catalog.find(model, "network").load().axes
    if len(shape) != 1 + axes:
        said = f"{model} learns from {KINDS[axes]}; an example here has the shape {tuple(shape)}"
        add = ": give the axis of channels, too, such as x[:, None]" if len(shape) == axes > 1 else ""
        raise UsageError(said + add)
    sizes = {"in_channels": shape[0], **outputs_of}
    return {**sizes, "input_size": list(shape[1:])} if "input_size" in takes else sizes


def axes_notices(model: str, shape: tuple[int, ...] | None) -> list[str]:
    """What to know of pictures and clips whose channels seem to stand last, where a network reads them first.

    Those of pictures with 1 or 3 channels are moved when they are read, unless both ends may be channels.

    >>> axes_notices("small_cnn", (3, 8, 9)), len(axes_notices("small_cnn", (3, 8, 3)))
    ([], 1)
    """
    axes = getattr(catalog.find(model, "network").load(), "axes", 0)
    if axes < 2 or shape is None or len(shape) != 1 + axes or shape[-1] not in COLOURS:
        return []
    size = "×".join(map(str, shape[1:]))
    return [
        f"an example of the shape {tuple(shape)} is read as {shape[0]} channels of {size}; "
        f"if its channels stand last, give np.moveaxis(x, -1, 1)"
    ]


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

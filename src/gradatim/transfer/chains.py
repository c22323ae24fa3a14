"""A network as a chain of layers, each of which reads what the one before gives."""

from collections.abc import Iterator

from torch import nn

from gradatim.checks import UsageError
from gradatim.models.char_lm import CharLM
from gradatim.models.sequence_classifier import SequenceClassifier
from gradatim.models.small_cnn import Convolution
from gradatim.nn.activation import Activation
from gradatim.nn.conv import Conv1d, Conv2d, Conv3d
from gradatim.nn.dense import Dense
from gradatim.nn.sequence.torch_weights import OneBias

DENSE = (nn.Linear, Dense)
CONVOLUTIONS = (nn.Conv1d, nn.Conv2d, nn.Conv3d, Conv1d, Conv2d, Conv3d)
WEIGHTS = (*DENSE, *CONVOLUTIONS)
FEATURE_BY_FEATURE = (  # beside activations of single numbers
    "Dropout", "Flatten", "MaxPool", "AvgPool", "Identity", "ZeroPad", "GlobalAverage", "ReLU", "Sigmoid",
    "Tanh",
)  # fmt: skip
ACROSS = ("softmax", "log_softmax", "maxout")  # activations that mix units
WORKS = "mlp, small_cnn, stacks of dense layers and convolutions, char_lm and sequence_classifier"


def chain_of(network: nn.Module) -> list[tuple[str, nn.Module]]:
    """The layers of a network in the order in which they are applied, with their names.

    >>> from gradatim.models.building import build
    >>> network = build({"name": "mlp", "in_features": 2, "out_features": 2, "hidden": [3]})
    >>> [name for name, _ in chain_of(network)]
    ['0', '1', '2', '3']

    Raises UsageError for a network that is no chain, as one with shortcuts.
    """
    names = {module: name for name, module in network.named_modules()}
    return [(names.get(layer, type(layer).__name__), layer) for layer in _layers(network)]


def _layers(module: nn.Module) -> Iterator[nn.Module]:
    in_order = getattr(module, "in_order", None)
    if in_order is not None:
        for part in in_order():
            yield from _layers(part)
    elif isinstance(module, nn.Sequential | Convolution):
        for part in module.children():
            yield from _layers(part)
    elif isinstance(module, CharLM):
        yield from ([] if module.embedding is None else [module.embedding])
        yield from [module.layers, module.dropout, *([] if module.feeds_back else [module.head])]
    elif isinstance(module, SequenceClassifier):
        if any(module.pool.parameters()):
            raise UsageError(f"pooling by {module.pooling} has weights of its own, which cannot grow yet")
        yield from [module.encoder.embedding, module.dropout, module.encoder.recurrent, module.head]
    elif any(module.children()) and not isinstance(module, OneBias):
        name = getattr(module, "description", {}).get("name") or type(module).__name__
        raise UsageError(f"{name} is no chain of layers, so it cannot grow; {WORKS} can")
    else:
        yield module


def mixes_units(layer: nn.Module) -> bool:
    """Whether a layer without weights reads several units for one: no copy of a unit passes through it."""
    if isinstance(layer, Activation):
        return layer.name in ACROSS
    return not any(word in type(layer).__name__ for word in FEATURE_BY_FEATURE)


def is_relu(layer: nn.Module) -> bool:
    """Whether a layer is a ReLU, which applied twice is itself."""
    return isinstance(layer, nn.ReLU) or (isinstance(layer, Activation) and layer.name == "relu")

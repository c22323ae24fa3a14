"""Which engine a run uses: a rule of its network, loss, device and work, and no measurement."""

from math import prod
from typing import Any

from gradatim.by_hand.layer_table import by_hand_table
from gradatim.by_hand.layers.layer import Layer
from gradatim.by_hand.layers.mean_of_members import MeanOfMembers
from gradatim.by_hand.layers.windowed import Windowed
from gradatim.by_hand.network import Network
from gradatim.by_hand.twins import layers_of
from gradatim.checks import GradatimError, UsageError
from gradatim.models.description import expand

# Multiply-adds of one step from which torch is faster: docs/log/training.md, "Engines".
NUMPY_BELOW = 1e8
PICTURES_BELOW = 5e7  # the same with convolutions
QUICK = {"Dense", "MaskedDense", "Lateral", "Flatten", "Dropout", "PReLU", "Maxout", "Softmax", "LogSoftmax",
         "BatchNorm"}  # fmt: skip
QUICK_FILES = ("activations", "hard_activations", "conv", "pooling", "global_pooling")  # of by_hand.layers


def choose_engine(
    asked: str, entry: dict[str, Any] | None, loss: Any, where: str, batch_size: int,
    shape: tuple[int, ...] | None = None, precision: str = "float32", own_optimizer: bool = False,
) -> tuple[str, str]:  # fmt: skip
    """`numpy` or `torch`, and why.

    `entry` describes the network, None for a torch module of the user's; `shape` is an example's, by which
    the places of a convolution are counted; `own_optimizer` says that the optimizer is torch's.
    Raises UsageError for `numpy` where it cannot be.
    """
    if asked == "torch":
        return "torch", "as asked"
    own = "the optimizer is of torch" if own_optimizer else ""
    if obstacle := _obstacle(entry, loss, where, precision) or own:
        if asked == "numpy":
            raise UsageError(f"the NumPy engine cannot run this: {obstacle}")
        return "torch", obstacle
    assert entry is not None
    if asked == "numpy":
        return "numpy", "as asked"
    layers = _of_a_step(layers_of(expand(entry) or []))
    slow = next((layer for _, layer in layers if not _quick(layer)), None)
    if slow is not None:
        return "torch", f"it is faster on a layer such as {type(slow).__name__}"
    work = 3.0 * batch_size * _weights(layers)
    windowed = any(isinstance(layer, Windowed) for _, layer in layers)
    below = PICTURES_BELOW if windowed else NUMPY_BELOW
    if windowed and work < below:
        if shape is None:
            return "torch", "the size of an example, and so of a step, is not known"
        work = 3.0 * batch_size * multiply_adds_by_hand(expand(entry) or [], shape)
    said = f"a step is about {work:.0e} multiply-adds"
    if work < below:
        return "numpy", f"{said}, and below {below:.0e} it is faster"
    return "torch", f"{said}, and from {below:.0e} on it is faster"


def _of_a_step(layers: list[tuple[str, Layer]]) -> list[tuple[str, Layer]]:
    """The layers that one step trains: of members side by side those of the largest."""
    if len(layers) != 1 or not isinstance(layers[0][1], MeanOfMembers):
        return layers
    return max(layers[0][1].named, key=_weights)


def _weights(layers: list[tuple[str, Layer]]) -> int:
    """The parameters of layers, each of which is a multiply-add of an example at least."""
    return sum(prod(shape) for _, layer in layers for shape in layer.shapes.values())


def multiply_adds_by_hand(entries: list[dict[str, Any]], shape: tuple[int, ...]) -> int:
    """Of one example's forward pass: each weight once, a convolution's at every place."""
    network = Network(entries)
    rows = by_hand_table(network, shape)
    places = [prod(row["output"][1:]) if isinstance(layer, Windowed) else 1
              for row, layer in zip(rows, network.layers, strict=True)]  # fmt: skip
    return sum(row["parameters"] * count for row, count in zip(rows, places, strict=True))


def _obstacle(entry: dict[str, Any] | None, loss: Any, where: str, precision: str) -> str:
    """Why the NumPy engine cannot run this, or nothing."""
    if entry is None:
        return "the network is a torch module"
    if not isinstance(loss, str):
        return "the loss is a function of torch tensors"
    if where not in ("auto", "cpu"):
        return f"the device asked for is {where}"
    if precision == "bfloat16":
        return "the precision asked for is bfloat16, which NumPy has not"
    layers = expand(entry)
    if layers is None:
        return f"{entry['name']} has no twin by hand"
    try:
        layers_of(layers)
    except (UsageError, GradatimError) as error:
        return str(error).removesuffix("; the torch engine runs it")
    return ""


def _quick(layer: Any) -> bool:
    """Whether the layer costs NumPy no more than torch."""
    return type(layer).__name__ in QUICK or type(layer).__module__.rpartition(".")[2] in QUICK_FILES

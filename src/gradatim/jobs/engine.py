"""Which engine a run uses: a rule of its network, loss, device and work, and no measurement."""

from math import prod
from typing import Any

from gradatim.by_hand.twins import layers_of
from gradatim.checks import GradatimError, UsageError
from gradatim.models.description import expand

ENGINES = ("auto", "numpy", "torch")
# Multiply-adds of one step from which torch is faster: docs/log.md, "Engines".
NUMPY_BELOW = 1e8
QUICK = {"Dense", "MaskedDense", "Lateral", "Flatten", "Dropout", "PReLU", "Maxout", "Softmax"}


def choose_engine(
    asked: str, entry: dict[str, Any] | None, loss: Any, where: str, batch_size: int
) -> tuple[str, str]:
    """`numpy` or `torch`, and why.

    `entry` describes the network, None for a torch module of the user's. Raises UsageError for `numpy` where
    it cannot be.
    """
    if asked == "torch":
        return "torch", "as asked"
    if obstacle := _obstacle(entry, loss, where):
        if asked == "numpy":
            raise UsageError(f"the NumPy engine cannot run this: {obstacle}")
        return "torch", obstacle
    assert entry is not None
    if asked == "numpy":
        return "numpy", "as asked"
    layers = layers_of(expand(entry) or [])
    slow = next((layer for _, layer in layers if not _quick(layer)), None)
    if slow is not None:
        return "torch", f"it is faster on a layer such as {type(slow).__name__}"
    work = 3.0 * batch_size * sum(prod(shape) for _, layer in layers for shape in layer.shapes.values())
    said = f"a step is about {work:.0e} multiply-adds"
    if work < NUMPY_BELOW:
        return "numpy", f"{said}, and below {NUMPY_BELOW:.0e} it is faster"
    return "torch", f"{said}, and from {NUMPY_BELOW:.0e} on it is faster"


def _obstacle(entry: dict[str, Any] | None, loss: Any, where: str) -> str:
    """Why the NumPy engine cannot run this, or nothing."""
    if entry is None:
        return "the network is a torch module"
    if not isinstance(loss, str):
        return "the loss is a function of torch tensors"
    if where not in ("auto", "cpu"):
        return f"the device asked for is {where}"
    layers = expand(entry)
    if layers is None:
        return f"{entry['name']} has no twin by hand"
    try:
        layers_of(layers)
    except (UsageError, GradatimError) as error:
        return str(error).partition(";")[0]
    return ""


def _quick(layer: Any) -> bool:
    """Whether the layer costs NumPy no more than torch: dense ones, and activations."""
    return type(layer).__name__ in QUICK or type(layer).__module__.endswith(".activations")

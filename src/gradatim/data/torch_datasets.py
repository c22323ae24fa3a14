"""Map-style Datasets of torch as arrays."""

from typing import Any

from gradatim.checks import UsageError
from gradatim.data.arrays import array, stack


def is_torch_dataset(data: Any) -> bool:
    """Whether this is a Dataset of torch's."""
    return any(base.__module__.startswith("torch.utils.data") for base in type(data).__mro__)


def columns_of(data: Any) -> tuple:
    """Inputs, targets and perhaps weights of a map-style torch Dataset, read once, from first to last.

    The inputs of an example may be several, ((x1, x2), y) or ({name: x}, y). Raises UsageError naming the
    example that is not as the others.
    """
    name = type(data).__name__
    tensors = getattr(data, "tensors", None)
    if isinstance(tensors, tuple):
        return parts_of_tensors(tensors)
    examples = [data[i] for i in range(len(data))]
    if not examples:
        raise UsageError(f"there is nothing to learn from: the {name} is empty")
    parts = len(examples[0]) if isinstance(examples[0], tuple | list) else 0
    for i, example in enumerate(examples):
        if not isinstance(example, tuple | list) or len(example) != parts or parts not in (2, 3):
            raise UsageError(f"every example of {name} must be (x, y) or (x, y, weight); example {i} is not")
    inputs, *others = zip(*examples, strict=True)
    x = _by_input(inputs) if _are_several(inputs[0]) else stack([array(one) for one in inputs])
    return (x, *(stack([array(one) for one in column]) for column in others))


def parts_of_tensors(tensors: tuple) -> tuple:
    """The (x1, x2, …, y) of a TensorDataset, or of a batch of its loader, as
    ((x1, x2, …), y); (x), (x, y) and (x, y, weight) as they are.

    Three tensors are two inputs and the target when the last cannot be weights: where it is of several axes,
    or holds class numbers while the second holds fractions of several axes.
    """
    if len(tensors) < 3:
        return tensors
    if len(tensors) == 3:
        _, second, last = tensors
        whole = not last.is_floating_point()
        if last.ndim == 1 and (second.ndim == 1 or not whole):
            return tensors
        if last.ndim == 1 and not second.is_floating_point():
            raise UsageError(
                "three tensors may be two inputs and a target, or an input, a target and "
                "weights: give ((x1, x2), y) or (x, y, weight)"
            )
    return tensors[:-1], tensors[-1]


def _are_several(x: Any) -> bool:
    """Whether the inputs of one example are several: a dict, or a tuple of arrays."""
    return isinstance(x, dict) or (
        isinstance(x, tuple | list) and bool(x) and all(hasattr(part, "shape") for part in x)
    )


def _by_input(inputs: Any) -> Any:
    """The inputs of each example as those of all: a dict, or a tuple, of arrays."""
    keys = list(inputs[0]) if isinstance(inputs[0], dict) else range(len(inputs[0]))
    for number, one in enumerate(inputs):
        if type(one) is not type(inputs[0]) or len(one) != len(keys):
            raise UsageError(f"example 0 has the inputs {list(keys)}, but example {number} has others")
    columns = {key: stack([array(one[key]) for one in inputs]) for key in keys}
    return columns if isinstance(inputs[0], dict) else tuple(columns.values())

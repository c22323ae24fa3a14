"""Examples in a layout: what training is given, in one of the forms that its engines hold."""

from collections.abc import Sequence
from typing import Any, ClassVar, Protocol

from gradatim.checks import UsageError
from gradatim.data.arrays import array, check_weights
from gradatim.data.as_dataset import as_dataset, is_torch_dataset, stack
from gradatim.data.dataset import Dataset
from gradatim.data.inputs import Inputs, are_several
from gradatim.data.loader import Loader, is_loader
from gradatim.data.targets import check_finite


class Examples(Protocol):
    """Examples whose `layout` says how an engine lays them out in batches: `training.batches`."""

    layout: ClassVar[str]  # "rows", "padded", "streams" or "foreign"


def as_examples(data: Any) -> Examples:
    """Examples in a layout, from objects in memory or a loader; those that have one are left as they are.

    >>> import numpy as np
    >>> as_examples((np.zeros((3, 2)), np.array([0, 1, 0]))).layout
    'rows'

    Raises UsageError naming what does not fit, and where.
    """
    if isinstance(getattr(data, "layout", None), str):
        return data
    if is_loader(data):
        return Loader(data)
    parts = _parts(data)
    if parts is not None and are_several(parts[0], parts[1]):
        return _of_inputs(*parts)
    return as_dataset(data, classify=False)


def _parts(data: Any) -> Sequence[Any] | None:
    """Inputs, targets and perhaps weights, where that is what data are; None for anything else."""
    if isinstance(data, tuple | list):
        return data if len(data) in (2, 3) else None
    if not is_torch_dataset(data):
        return None
    tensors = getattr(data, "tensors", None)
    if isinstance(tensors, tuple):
        return _of_tensors(tensors)
    if not len(data):
        return None
    first = data[0]
    if not isinstance(first, tuple | list) or len(first) not in (2, 3) or not _several_in(first[0]):
        return None
    return _columns([data[i] for i in range(len(data))])


def _of_tensors(tensors: tuple) -> Sequence[Any] | None:
    """A TensorDataset's (x1, x2, …, y) as ((x1, x2, …), y); None for (x, y) and (x, y, weight).

    Three tensors are two inputs and the target when the last cannot be weights: where it is of several axes,
    or holds class numbers while the second holds fractions of several axes.
    """
    if len(tensors) < 3:
        return None
    if len(tensors) == 3:
        _, second, last = tensors
        whole = not last.is_floating_point()
        if last.ndim == 1 and (second.ndim == 1 or not whole):
            return None
        if last.ndim == 1 and not second.is_floating_point():
            raise UsageError(
                "a TensorDataset of three tensors may be two inputs and a target, or an input, a target and "
                "weights: give ((x1, x2), y) or (x, y, weight)"
            )
    return tensors[:-1], tensors[-1]


def _several_in(x: Any) -> bool:
    """Whether the inputs of one example of a torch Dataset are several: a dict, or a tuple of arrays."""
    return isinstance(x, dict) or (
        isinstance(x, tuple | list) and bool(x) and all(hasattr(part, "shape") for part in x)
    )


def _columns(rows: list[Any]) -> list[Any]:
    """Examples ((x1, x2), y) or ({name: x}, y), one by one, as columns."""
    inputs = [row[0] for row in rows]
    keys = list(inputs[0]) if isinstance(inputs[0], dict) else range(len(inputs[0]))
    for number, one in enumerate(inputs):
        if type(one) is not type(inputs[0]) or len(one) != len(keys):
            raise UsageError(f"example 0 has the inputs {list(keys)}, but example {number} has others")
    columns = {key: stack([array(one[key]) for one in inputs]) for key in keys}
    x = columns if isinstance(inputs[0], dict) else tuple(columns.values())
    return [x, *(stack([array(row[at]) for row in rows]) for at in range(1, len(rows[0])))]


def _of_inputs(x: Any, y: Any, weights: Any = None) -> Dataset:
    """A Dataset of several inputs, checked."""
    inputs = Inputs(x)
    if y is not None:
        y = array(y)
        inputs.check_length(len(y) if y.ndim else 1)
        check_finite(y)
    if weights is not None:
        weights = check_weights(array(weights), len(inputs))
    return Dataset(inputs, y, (), weights)  # type: ignore[arg-type]

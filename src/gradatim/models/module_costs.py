"""Costs of any torch module, given an input: layers, shapes, parameters, multiply-adds, memory (B3, D21)."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._pytree import tree_map_only

from gradatim.checks import GradatimError, UsageError, whole
from gradatim.models.accounting import account_of
from gradatim.models.costs import costs_of


def module_costs(
    module: nn.Module,
    input_size: Any = None,
    example: Any = None,
    batch_size: int = 1,
    optimizer: str = "adam",
) -> dict[str, Any]:
    """The layers and the sums of a module, as `costs` gives them for a network of the catalogue.

    What it reads is said by `input_size`, the shape of one example without the batch, such as 3, 32, 32, or
    by an `example`: a batch of one or more, as the module is called with it, a tensor, or several as a tuple
    or by name. The module itself is neither called nor changed: a copy without numbers runs.

    >>> module_costs(nn.Linear(4, 3), 4)["multiply_adds"]
    12

    Raises UsageError where it cannot read such an input.
    """
    batch_size = whole("batch_size", batch_size, 1)
    inputs = _inputs(module, input_size, example)
    try:
        copy = deepcopy(module).to("meta")
        with torch.device("meta"):
            found = account_of(copy, lambda n: _of_batch(inputs, n), batch_size, rest=True)
    except GradatimError:
        raise
    except Exception as error:
        said = str(error).splitlines()[0] if str(error) else type(error).__name__
        sizes = " and ".join(" × ".join(map(str, t.shape[1:])) for t in _tensors(inputs))
        raise UsageError(f"{type(module).__name__} cannot read an example of {sizes}: {said}") from error
    shapes = [list(t.shape[1:]) for t in _tensors(inputs)]
    element = next((p.element_size() for p in module.parameters()), 4)
    read: list = shapes[0] if len(shapes) == 1 else shapes
    return {"module": type(module).__name__, **costs_of(found, read, batch_size, optimizer, element)}


def _inputs(module: nn.Module, input_size: Any, example: Any) -> Any:
    """The arguments of a call, without numbers: a tuple or a mapping of tensors, a batch each."""
    if (input_size is None) == (example is None):
        raise UsageError("say what the module reads: input_size=(3, 32, 32), or example= a batch of tensors")
    if example is not None:
        import numpy as np

        given = example if isinstance(example, tuple | Mapping) else (example,)
        values = given.values() if isinstance(given, Mapping) else given
        if not all(isinstance(v, Tensor | np.ndarray) and v.ndim for v in values):
            raise UsageError("example is a batch of tensors, a tuple of them, or such by name")
        made = [torch.as_tensor(v).to("meta") for v in values]
        return dict(zip(given, made, strict=True)) if isinstance(given, Mapping) else tuple(made)
    shape = [input_size] if isinstance(input_size, int) else input_size
    if not isinstance(shape, Sequence) or isinstance(shape, str):
        raise UsageError(f"input_size is the shape of one example, such as (3, 32, 32); it is {input_size!r}")
    sizes = [whole("input_size", size, 1) for size in shape]
    dtype = next((p.dtype for p in module.parameters() if p.is_floating_point()), torch.float32)
    return (torch.empty(1, *sizes, dtype=dtype, device="meta"),)


def _of_batch(inputs: Any, n: int) -> Any:
    """The same, with so many examples."""
    return tree_map_only(Tensor, lambda t: torch.empty(n, *t.shape[1:], dtype=t.dtype, device="meta"), inputs)


def _tensors(inputs: Any) -> list[Tensor]:
    return list(inputs.values()) if isinstance(inputs, Mapping) else list(inputs)

"""An operation that writes into its first tensor, as the one that makes a new tensor."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

aten = torch.ops.aten


def functional(function: Any, args: tuple) -> tuple[Any, tuple] | None:
    """`aten.add` for `aten.add_`, and so on, with its arguments; None if there is none."""
    if function is aten.copy_.default and args[0].dtype == args[1].dtype:
        return aten.expand.default, (args[1], tuple(args[0].shape))
    packet, name = function._overloadpacket.__name__, function._overloadname or "default"
    other = getattr(getattr(aten, packet[:-1], None), name, None) if packet.endswith("_") else None
    return None if other in (None, aten.copy.default) else (other, args)  # torch cannot differentiate a copy


def share_memory(a: Tensor, b: Tensor) -> bool:
    """Whether any number of one is a number of the other."""
    return memory(a) == memory(b) and bool(np.intersect1d(_places(a), _places(b)).size)


def memory(t: Tensor) -> int:
    """Where the memory begins that it looks into."""
    return t.untyped_storage().data_ptr()


def _places(t: Tensor) -> np.ndarray:
    """Where in its memory every number lies."""
    places = np.array([t.storage_offset()])
    for size, stride in zip(t.shape, t.stride(), strict=True):
        places = np.add.outer(places, stride * np.arange(size)).ravel()
    return places

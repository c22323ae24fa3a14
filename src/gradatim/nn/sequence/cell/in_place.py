"""An operation that writes into its first tensor, as the one that makes a new tensor."""

from typing import Any

import numpy as np
import torch
from torch import Tensor


def functional(function: Any) -> Any | None:
    """`aten.add` for `aten.add_`, and so on; None if there is none."""
    packet, name = function._overloadpacket.__name__, function._overloadname or "default"
    if not packet.endswith("_"):
        return None
    return getattr(getattr(torch.ops.aten, packet[:-1], None), name, None)


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

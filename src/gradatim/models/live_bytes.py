"""How many bytes of tensors are alive, counted at every operation."""

import weakref
from typing import Any

from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


class LiveBytes(TorchDispatchMode):
    """While it lasts, counts the bytes of the blocks of memory that are alive, a network's own left out.

    A block is counted once, from the operation that makes it until the last tensor that shares it is gone.
    `peak` is the most at any moment. In the backward pass it counts, too.

    >>> import torch
    >>> with LiveBytes(nn.Identity()) as found:
    ...     x = torch.zeros(10)
    ...     y = x[2:] + 1
    ...     del x
    >>> found.peak, found.live
    (72, 32)
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self.live = self.peak = 0
        own = (*network.parameters(), *network.buffers())
        self.held = {tensor.untyped_storage()._cdata for tensor in own}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        output = func(*args, **(kwargs or {}))
        for tensor in tree_leaves(output):
            if isinstance(tensor, Tensor):
                self.born(tensor)
        return output

    def born(self, tensor: Tensor) -> None:
        """Count a tensor's block of memory, unless it is known."""
        storage = tensor.untyped_storage()
        if storage._cdata in self.held:
            return
        self.held.add(storage._cdata)
        size = storage.nbytes()
        self.live += size
        self.peak = max(self.peak, self.live)
        weakref.finalize(storage, self._died, storage._cdata, size)

    def _died(self, storage: int, size: int) -> None:
        self.held.discard(storage)
        self.live -= size

"""Memory that a pass borrows and gives back, to be lent again.

On a CPU fresh pages cost as much time as the arithmetic on them. On a GPU a recorded graph is bound to its
memory: what is given back lies so that the next pass of the same kind borrows it in the same order.
"""

from typing import Any

import torch
from torch import Tensor

LEAST = 2**16  # bytes of a tensor that is worth keeping for its pages
MOST = {"cpu": 2**27, "cuda": 2**31}  # bytes of all that wait for a borrower
_FREE: dict[tuple[Any, ...], list[Tensor]] = {}  # by rows, width, dtype, device and stream


class BufferPool:
    """Tensors for one pass, forward or backward; they go back when nothing holds the lease any more.

    Of `every` size, or the large ones only. They are of the dtype and on the device of `like`.
    """

    def __init__(self, like: Tensor, every: bool):
        self.dtype, self.device, self.least = like.dtype, like.device, 0 if every else LEAST
        stream = torch.cuda.current_stream(like.device).cuda_stream if like.is_cuda else 0
        self.kind = like.dtype, like.device, stream  # work on another stream may still use what came back
        self.taken: list[Tensor] = []

    def new(self, rows: int, width: int) -> Tensor:
        """A tensor (rows, width) of any numbers."""
        if rows * width * self.dtype.itemsize < self.least:
            return torch.empty(rows, width, dtype=self.dtype, device=self.device)
        waiting = _FREE.get((rows, width, *self.kind))
        taken = waiting.pop() if waiting else torch.empty(rows, width, dtype=self.dtype, device=self.device)
        self.taken.append(taken)
        return taken

    def held(self, t: Tensor) -> Tensor:
        """The tensor if it is of this lease, or a copy that is; a matrix by columns stays one."""
        if any(t.data_ptr() == mine.data_ptr() for mine in self.taken):
            return t
        if t.ndim == 2 and t.stride(0) == 1 < t.shape[0]:
            return self.new(*t.t().shape).copy_(t.t()).t()
        return self.new(t.numel() // max(1, t.shape[-1]), t.shape[-1]).view(t.shape).copy_(t)

    def __del__(self) -> None:
        if not self.taken:
            return
        for t in reversed(self.taken):  # the first to go is the last to come
            _FREE.setdefault((*t.shape, *self.kind), []).append(t)
        here = [kind for kind in _FREE if kind[3].type == self.device.type]
        if sum(t.nbytes for kind in here for t in _FREE[kind]) > MOST[self.device.type]:
            for kind in here:  # most are of sizes that nobody asks for any more
                del _FREE[kind]

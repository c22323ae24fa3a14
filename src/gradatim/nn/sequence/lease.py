"""Memory that a pass borrows: fresh pages cost as much time as the arithmetic on them, so they are kept."""

import torch
from torch import Tensor

LEAST, MOST = 2**16, 2**27  # bytes of a tensor that is worth keeping, and of all that wait for a borrower
_FREE: dict[tuple[int, int, torch.dtype], list[Tensor]] = {}


class Lease:
    """Tensors for one pass, forward or backward; they go back when nothing holds the lease any more."""

    def __init__(self, dtype: torch.dtype):
        self.dtype = dtype
        self.taken: list[Tensor] = []

    def new(self, rows: int, width: int) -> Tensor:
        """A tensor (rows, width) of any numbers."""
        if rows * width * self.dtype.itemsize < LEAST:
            return torch.empty(rows, width, dtype=self.dtype)
        waiting = _FREE.get((rows, width, self.dtype))
        taken = waiting.pop() if waiting else torch.empty(rows, width, dtype=self.dtype)
        self.taken.append(taken)
        return taken

    def __del__(self) -> None:
        for t in self.taken:
            _FREE.setdefault((*t.shape, t.dtype), []).append(t)
        if self.taken and sum(t.nbytes for free in _FREE.values() for t in free) > MOST:
            _FREE.clear()  # most are of sizes that nobody asks for any more

"""Memory that a pass borrows: fresh pages cost as much time as the arithmetic on them, so they are kept."""

import torch
from torch import Tensor

MOST = 128 * 2**20  # bytes that wait for the next borrower
_FREE: dict[tuple[int, torch.dtype], list[Tensor]] = {}


class Lease:
    """Tensors for one pass, forward or backward; they go back when nothing holds the lease any more."""

    def __init__(self, dtype: torch.dtype):
        self.dtype = dtype
        self.taken: list[Tensor] = []

    def new(self, rows: int, width: int) -> Tensor:
        """A tensor (rows, width) of any numbers."""
        waiting = _FREE.get((rows * width, self.dtype))
        flat = waiting.pop() if waiting else torch.empty(rows * width, dtype=self.dtype)
        self.taken.append(flat)
        return flat.view(rows, width)

    def __del__(self) -> None:
        total = sum(t.nbytes for free in _FREE.values() for t in free)
        for t in self.taken:
            if total + t.nbytes > MOST:
                _FREE.clear()  # sizes of another time
                total = 0
            if t.nbytes <= MOST:
                _FREE.setdefault((t.numel(), t.dtype), []).append(t)
                total += t.nbytes

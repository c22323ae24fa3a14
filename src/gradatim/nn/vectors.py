"""Vectors that are looked up by a number: of symbols, of places."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim import catalog
from gradatim.checks import real, whole
from gradatim.random import generator


class Vectors(nn.Module):
    """A learned vector for each of `count` numbers, drawn normal with deviation `std`.

    Shapes: x (…) of numbers 0 … count−1 → (…, size); `weight` (count, size).
    """

    def __init__(self, count: int, size: int, std: float = 1.0):
        super().__init__()
        self.std = real("std", std, above=0)
        self.weight = nn.Parameter(torch.empty(whole("count", count, 1), whole("size", size, 1)))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw the vectors by (seed, name)."""
        if not self.weight.is_meta:
            normal = catalog.find("normal", "initialiser").load()
            values = normal(generator(seed, f"{prefix}weight"), tuple(self.weight.shape), self.std)
            self.weight.copy_(torch.from_numpy(values))

    def forward(self, x: Tensor) -> Tensor:
        """The vectors of these numbers."""
        return F.embedding(x, self.weight)

"""Symbols as vectors, and scores of symbols by the same vectors."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import whole
from gradatim.nn.initialise import draw


class TiedSymbols(nn.Module):
    """One vector a symbol, for reading it and for scoring it (Press & Wolf 2017).

        e = E_y,  y = 0 … K, of which K is the start symbol;   score of symbol k = E_k · r + b_k,  k = 0 … K−1

    Shapes: `vectors` (…) → (…, size); `scores` (…, size) → (…, K); E (K + 1, size), b (K,).

    Raises UsageError for sizes that cannot be.

    >>> symbols = TiedSymbols(5, 3)
    >>> symbols.vectors(torch.tensor([[5, 0]])).shape, symbols.scores(torch.zeros(2, 3)).shape
    (torch.Size([1, 2, 3]), torch.Size([2, 5]))
    """

    def __init__(self, num_symbols: int, size: int):
        super().__init__()
        self.symbols, self.size = whole("num_symbols", num_symbols, 2), whole("embedding_size", size, 1)
        self.weight = nn.Parameter(torch.empty(self.symbols + 1, self.size))
        self.bias = nn.Parameter(torch.empty(self.symbols))
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw E by (seed, name) and set b to 0."""
        draw(self.weight, "lecun_uniform", seed, f"{prefix}weight")
        draw(self.bias, "zeros", seed, f"{prefix}bias")

    def vectors(self, y: Tensor) -> Tensor:
        """The symbols' vectors."""
        return F.embedding(y, self.weight)

    def scores(self, r: Tensor) -> Tensor:
        """The score of every symbol but the start."""
        return F.linear(r, self.weight[: self.symbols], self.bias)

    def forward(self, y: Tensor) -> Tensor:
        """The symbols' vectors."""
        return self.vectors(y)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        return f"{self.symbols}, {self.size}"

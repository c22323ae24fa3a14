"""The fully connected layer."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.nn.initialise import draw


class Dense(nn.Module):
    """Fully connected layer (curriculum B1).

        y = W x + b

    Shapes: x (N, …, in_features) → (N, …, out_features); W (out_features, in_features), b (out_features,).

    `init` names an initialiser of the catalogue for W; b starts at 0. A layer on its own draws from seed 0;
    `initialise(network, seed)` draws a whole network by its parameters' names.

    >>> Dense(3, 2)(torch.zeros(5, 3)).shape
    torch.Size([5, 2])
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True, init: str = "he_uniform"):
        super().__init__()
        self.in_features = whole("in_features", in_features, 1)
        self.out_features = whole("out_features", out_features, 1)
        self.init = init
        self.weight = nn.Parameter(torch.empty(self.out_features, self.in_features))
        self.bias = nn.Parameter(torch.empty(self.out_features)) if bias else None
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw W by (seed, name) and set b to 0."""
        draw(self.weight, self.init, seed, f"{prefix}weight")
        if self.bias is not None:
            draw(self.bias, "zeros", seed, f"{prefix}bias")

    def forward(self, x: Tensor) -> Tensor:
        """W x + b."""
        if x.shape[-1:] != (self.in_features,):
            shape = tuple(x.shape[1:])
            raise UsageError(f"a dense layer of {self.in_features} inputs got examples of shape {shape}")
        return F.linear(x, self.weight, self.bias)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        bias = self.bias is not None
        return f"in_features={self.in_features}, out_features={self.out_features}, bias={bias}"

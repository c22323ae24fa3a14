"""Embeddings of categories that come as columns of 0 and 1."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.functional.embeddings import check_columns, columns_left
from gradatim.nn.initialise import draw


class Embedding(nn.Module):
    """Entity embedding of a table's categories (Guo & Berkhahn 2016).

        y = [x_rest; E_1 x_1; …; E_m x_m],   x_i = x[start_i … stop_i − 1]

    Shapes: x (N, in_features) → (N, in_features − Σ (stop_i − start_i) + Σ size_i); `weight_i` is E_i,
    (size_i, stop_i − start_i).

    A category that comes one-hot is looked up: E_i x_i is a column of E_i.

    `columns` holds (start, stop, size) of each category; what none of them holds passes through, first.
    Raises UsageError for columns that overlap or lie outside, and for other inputs.

    >>> Embedding(5, [[1, 4, 2]])(torch.eye(5)).shape
    torch.Size([5, 4])
    """

    def __init__(self, in_features: int, columns: Sequence[Sequence[int]] = (), init: str = "xavier_uniform"):
        super().__init__()
        self.in_features = whole("in_features", in_features, 1)
        self.columns = check_columns(columns, self.in_features)
        self.init = init
        for i, (start, stop, size) in enumerate(self.columns):
            self.register_parameter(f"weight_{i}", nn.Parameter(torch.empty(size, stop - start)))
        self.rest = columns_left(self.columns, self.in_features)
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw every E by (seed, name)."""
        for name, weight in self.named_parameters():
            draw(weight, self.init, seed, f"{prefix}{name}")

    def forward(self, x: Tensor) -> Tensor:
        """[x_rest; E_1 x_1; …]."""
        if x.ndim != 2 or x.shape[1] != self.in_features:
            raise UsageError(
                f"an embedding of {self.in_features} inputs got examples of shape {tuple(x.shape[1:])}"
            )
        parts = [
            F.linear(x[:, start:stop], self.get_parameter(f"weight_{i}"))
            for i, (start, stop, _) in enumerate(self.columns)
        ]
        return torch.cat([x[:, self.rest], *parts], 1)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        return f"in_features={self.in_features}, columns={self.columns}"

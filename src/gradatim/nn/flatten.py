"""Every example as one vector."""

from torch import Tensor, nn


class Flatten(nn.Module):
    """Every example as one vector, its last axis running fastest.

        y_n = (x_n,1…1, x_n,1…2, …)

    Shapes: x (N, …) → (N, the product of the rest).

    >>> import torch
    >>> Flatten()(torch.tensor([[[1, 2], [3, 4]]])).tolist()
    [[1, 2, 3, 4]]
    """

    def forward(self, x: Tensor) -> Tensor:
        """The same numbers in one row per example."""
        return x.flatten(1)

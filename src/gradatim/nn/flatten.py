"""Every example as one vector."""

from torch import Tensor, nn


class Flatten(nn.Module):
    """Shapes: x (N, …) → (N, the product of the rest)."""

    def forward(self, x: Tensor) -> Tensor:
        """The same numbers in one row per example."""
        return x.flatten(1)

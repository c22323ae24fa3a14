"""Every example as one vector."""

from torch import Tensor, nn

from gradatim.checks import UsageError


class Flatten(nn.Module):
    """Every example as one vector, its last axis running fastest.

        y_n = (x_n,1…1, x_n,1…2, …)

    Shapes: x (N, …) → (N, the product of the rest), which is 1 for x (N,). Raises UsageError for x ().

    >>> import torch
    >>> Flatten()(torch.tensor([[[1, 2], [3, 4]]])).tolist()
    [[1, 2, 3, 4]]
    """

    def forward(self, x: Tensor) -> Tensor:
        """The same numbers in one row per example."""
        if not x.ndim:
            raise UsageError("flatten takes batches (N, …); it got a single number")
        return x.flatten(1) if x.ndim > 1 else x[:, None]

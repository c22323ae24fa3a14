"""Leaky ReLU with a learned slope."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, whole


class PReLU(nn.Module):
    """Parametric ReLU (He et al. 2015, eq. 1).

        g(z) = z for z > 0, otherwise a z;   a is learned and starts at 0.25; g′ at the kink is a

    Shapes: z (N, num_parameters, …) or any shape with one shared a → the same shape.

    Raises UsageError for other than `num_parameters` channels, where that is not 1.

    >>> PReLU()(torch.tensor([-1.0, 2.0])).tolist()
    [-0.25, 2.0]
    """

    def __init__(self, num_parameters: int = 1):
        super().__init__()
        self.num_parameters = whole("num_parameters", num_parameters, 1)
        self.weight = nn.Parameter(torch.empty(self.num_parameters))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Set a to 0.25."""
        if not self.weight.is_meta:
            self.weight.fill_(0.25)

    def forward(self, z: Tensor) -> Tensor:
        """g(z)."""
        if self.num_parameters > 1 and z.shape[1:2] != (self.num_parameters,):
            shape = tuple(z.shape[1:])
            raise UsageError(f"prelu of {self.num_parameters} slopes got examples of shape {shape}")
        return F.prelu(z, self.weight)

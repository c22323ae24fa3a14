"""Connections within a layer."""

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.nn.initialise import draw


class Lateral(nn.Module):
    """Lateral connections (curriculum B4): each unit is driven by its input and by its neighbours' activity.

        h_0 = x;   h_s = x + V h_{s−1},  s = 1 … S;   V_jj = 0

    is the mutual inhibition of Hartline & Ratliff (1958, without thresholds; V_ji = −K_ji), settled
    for S steps; where V's spectral radius is below 1 it tends to (I − V)⁻¹ x.

    Shapes: x (N, features) → (N, features); V (features, features). `init` names an initialiser for V.

    >>> layer = Lateral(2, steps=2)
    >>> with torch.no_grad(): _ = layer.weight.copy_(torch.tensor([[0.0, -0.5], [-0.5, 0.0]]))
    >>> layer(torch.tensor([[1.0, 0.0]])).tolist()
    [[1.25, -0.5]]
    """

    def __init__(self, features: int, steps: int = 3, init: str = "uniform"):
        super().__init__()
        self.features = whole("features", features, 1)
        self.steps = whole("steps", steps, 1)
        self.init = init
        self.weight = nn.Parameter(torch.empty(self.features, self.features))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw V by (seed, name), its diagonal 0."""
        draw(self.weight, self.init, seed, f"{prefix}weight")
        self.weight.fill_diagonal_(0)

    def forward(self, x: Tensor) -> Tensor:
        """Settle for S steps."""
        if tuple(x.shape[1:]) != (self.features,):
            raise UsageError(
                f"lateral connections of {self.features} units got examples of {tuple(x.shape[1:])}"
            )
        V = self.weight - torch.diag(self.weight.diagonal())
        h = x
        for _ in range(self.steps):
            h = x + h @ V.T  # rows are examples: V h is h Vᵀ
        return h

    def extra_repr(self) -> str:
        """What the constructor was told."""
        return f"features={self.features}, steps={self.steps}"

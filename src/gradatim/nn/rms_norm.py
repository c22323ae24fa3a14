"""Normalisation by the root mean square."""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import real
from gradatim.functional.normalised import check_last_axes, last_axes
from gradatim.nn.gain import gain, set_gain


class RMSNorm(nn.Module):
    """Root mean square normalisation of each example by itself (Zhang & Sennrich 2019, eq. 4).

        y = γ ⊙ x/√(1/m Σ_i x_i² + ε)   over the m numbers of the last axes

    Shapes: x (N, …, *normalized_shape) → the same; γ `weight` normalized_shape.

    `LayerNorm` without the mean and the shift. ε is `eps`; None is the precision's own, the distance from 1
    to the next number. γ starts at 1; without `elementwise_affine` there is none. Raises UsageError for a
    batch that ends in other sizes.

    >>> import torch
    >>> RMSNorm(2, eps=1e-12)(torch.tensor([[3.0, 3.0]])).tolist()
    [[1.0, 1.0]]
    """

    def __init__(
        self, normalized_shape: int | Sequence[int], eps: float | None = None, elementwise_affine: bool = True
    ):
        super().__init__()
        self.normalized_shape = last_axes(normalized_shape)
        self.eps = None if eps is None else real("eps", eps, above=0)
        self.weight, _ = gain(self.normalized_shape, elementwise_affine, bias=False)
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """γ = 1."""
        set_gain(self)

    def forward(self, x: Tensor) -> Tensor:
        """The normalised numbers."""
        check_last_axes("rms_norm", self.normalized_shape, x.shape)
        return F.rms_norm(x, self.normalized_shape, self.weight, self.eps)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        affine = "" if self.weight is not None else ", elementwise_affine=False"
        return f"{self.normalized_shape}, eps={self.eps}{affine}"

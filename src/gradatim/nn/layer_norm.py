"""Layer normalisation."""

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import real
from gradatim.functional.normalised import check_last_axes, last_axes
from gradatim.nn.gain import gain, set_gain


class LayerNorm(nn.Module):
    """Layer normalisation of each example by itself (Ba, Kiros & Hinton 2016, eq. 3 and 4).

        μ, σ² = mean and variance (divided by m) of the m numbers of the last axes
        y = γ ⊙ (x − μ)/√(σ² + ε) + β

    Shapes: x (N, …, *normalized_shape) → the same; γ `weight`, β `bias` normalized_shape.

    `normalized_shape` is the size of the last axis, or the sizes of the last axes. γ starts at 1 and β at 0;
    without `elementwise_affine` there are none, without `bias` no β. Training and evaluation do not differ.
    Raises UsageError for a batch that ends in other sizes.

    >>> import torch
    >>> LayerNorm(2, eps=1e-12)(torch.tensor([[1.0, 3.0]])).tolist()
    [[-1.0, 1.0]]
    """

    def __init__(
        self, normalized_shape: int | Sequence[int], eps: float = 1e-5, elementwise_affine: bool = True,
        bias: bool = True,
    ):  # fmt: skip
        super().__init__()
        self.normalized_shape = last_axes(normalized_shape)
        self.eps = real("eps", eps, above=0)
        self.weight, self.bias = gain(self.normalized_shape, elementwise_affine, bias)
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """γ = 1, β = 0."""
        set_gain(self)

    def forward(self, x: Tensor) -> Tensor:
        """The normalised numbers."""
        check_last_axes("layer_norm", self.normalized_shape, x.shape)
        return F.layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        affine = "" if self.weight is not None else ", elementwise_affine=False"
        shift = ", bias=False" if self.weight is not None and self.bias is None else ""
        return f"{self.normalized_shape}, eps={self.eps:g}{affine}{shift}"

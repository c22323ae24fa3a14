"""The layer by which one part of a network raises the loss that another lowers."""

from typing import Any

import torch
from torch import Tensor, nn

from gradatim.checks import real


class _Reverse(torch.autograd.Function):
    """The identity, whose derivative is said to be −λ."""

    @staticmethod
    def forward(x: Tensor, strength: float) -> Tensor:
        """The same numbers."""
        return x.view_as(x)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, float], output: Tensor) -> None:
        """λ, for the way back."""
        ctx.strength = inputs[1]

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        """−λ g."""
        return -ctx.strength * gradients[0], None


class GradientReversal(nn.Module):
    """The gradient reversal layer (Ganin & Lempitsky 2015, eq. 13–14; Ganin et al. 2016; curriculum G5).

        forward   R_λ(x) = x
        backward  ∂L/∂x = −λ ∂L/∂R

    What stands behind it lowers its loss, and what stands before it raises the same loss, λ times as much.
    `strength` is λ, which may be changed from step to step.

    Shapes: x (…) → (…). Raises UsageError for a λ below 0.

    >>> x = torch.tensor([1.0, 2.0], requires_grad=True)
    >>> GradientReversal(0.5)(x).sum().backward()
    >>> x.grad.tolist()
    [-0.5, -0.5]
    """

    def __init__(self, strength: float = 1.0):
        super().__init__()
        self.strength = real("strength", strength, at_least=0)

    def forward(self, x: Tensor) -> Tensor:
        """The input."""
        return _Reverse.apply(x, self.strength)

    def extra_repr(self) -> str:
        """λ."""
        return f"strength={self.strength:g}"

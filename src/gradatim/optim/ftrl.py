"""FTRL-Proximal."""

from typing import ClassVar

from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import NOT_NEGATIVE, POSITIVE, Update


class FTRL(Update):
    """FTRL-Proximal (McMahan et al. 2013, Algorithm 1): AdaGrad's rates, and weights that are exactly zero.

        s ← s + g²,   σ = (β + √s)/η − q,   q ← q + σ,   z ← z + g − σθ
        θ ← 0 where |z| ≤ λ₁, else −(z − sign(z) λ₁)/(q + λ₂)

    θ is where Σg·θ + ½Σσ(θ − θ_before)² + λ₁|θ| + ½λ₂θ² is least. Without λ₁ and λ₂ it is AdaGrad with ε = β.

    The paper keeps s alone and finds q from it; here q is kept, so that a schedule may change η, and so that
    θ may start elsewhere than at zero: from zero, at a constant η, the steps are the paper's. Its β is 1, for
    gradients of single examples; 0.01 suits the mean over a batch, which is as much smaller.

    Raises UsageError for a learning rate or a β not above 0, or a negative λ.

    >>> import torch
    >>> w = torch.nn.Parameter(torch.tensor([1.0, 1.0]))
    >>> w.grad = torch.tensor([1.0, 0.0])
    >>> FTRL([w], lr=0.1, beta=1.0, l1=11.0).step()
    >>> w.tolist()
    [0.4000000059604645, 0.0]
    """

    text = staticmethod(updates.ftrl)
    state_names = ("z", "sum", "inverse_rate")
    bounds: ClassVar = {"lr": POSITIVE, "beta": POSITIVE, "l1": NOT_NEGATIVE, "l2": NOT_NEGATIVE}

    def __init__(
        self, params: ParamsT, lr: float = 0.1, *, beta: float = 0.01, l1: float = 0.0, l2: float = 0.0,
        weight_decay: float = 0.0,
    ):  # fmt: skip
        super().__init__(params, {"lr": lr, "beta": beta, "l1": l1, "l2": l2, "weight_decay": weight_decay})

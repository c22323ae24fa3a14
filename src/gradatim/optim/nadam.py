"""NAdam."""

from typing import ClassVar

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import FRACTION, NOT_NEGATIVE, POSITIVE, Update


class NAdam(Update):
    """NAdam (Dozat 2016): Adam whose first mean looks one step ahead, as Nesterov's velocity does.

        μ_t = β₁ (1 − ½ · 0.96^{tψ}),   ψ the momentum_decay
        m ← β₁ m + (1 − β₁) g,          m̂ = μ_{t+1} m/(1 − μ₁ … μ_{t+1}) + (1 − μ_t) g/(1 − μ₁ … μ_t)
        v ← β₂ v + (1 − β₂) g²,         v̂ = v/(1 − β₂ᵗ)
        θ ← θ − η m̂/(√v̂ + ε)

    As in torch, m decays with β₁ where the paper's decays with μ_t. The product of the μ has the parameters'
    precision, where torch's has its default one.

    Raises UsageError for a learning rate or an ε not above 0, a β outside [0, 1) or a negative ψ.
    """

    text = staticmethod(updates.nadam)
    state_names = ("step", "exp_avg", "exp_avg_sq", "mu_product")
    bounds: ClassVar = {"lr": POSITIVE, "betas": FRACTION, "eps": POSITIVE, "momentum_decay": NOT_NEGATIVE}
    twin: ClassVar = {"decoupled_weight_decay": False, "maximize": False}

    def __init__(
        self, params: ParamsT, lr: float = 0.002, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, *, momentum_decay: float = 0.004, weight_decay: float = 0.0,
    ):  # fmt: skip
        settings = {"lr": lr, "betas": betas, "eps": eps, "momentum_decay": momentum_decay}
        super().__init__(params, {**settings, "weight_decay": weight_decay})

    def zeros(self, name: str, p: Tensor) -> Tensor:
        """State before the first step; the product of the μ is one number."""
        if name == "mu_product":
            return torch.zeros((), dtype=p.dtype.to_real(), device=p.device)
        return super().zeros(name, p)

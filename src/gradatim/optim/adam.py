"""Adam."""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.fused_adam import fused_adam
from gradatim.optim.update import FRACTION, POSITIVE, State, Update


class Adam(Update):
    """Adam (Kingma & Ba 2015, Algorithm 1).

        m ← β₁ m + (1 − β₁) g,        m̂ = m/(1 − β₁ᵗ)
        v ← β₂ v + (1 − β₂) g²,       v̂ = v/(1 − β₂ᵗ)
        θ ← θ − η m̂/(√v̂ + ε)

    Raises UsageError for a learning rate not above 0, a β outside [0, 1) or an ε not above 0.
    """

    text = staticmethod(updates.adam)
    state_names = ("step", "exp_avg", "exp_avg_sq")
    bounds: ClassVar = {"lr": POSITIVE, "betas": FRACTION, "eps": POSITIVE}
    twin: ClassVar = {"amsgrad": False, "maximize": False, "decoupled_weight_decay": False}
    fused_on = ("cpu", "cuda")

    def __init__(
        self, params: ParamsT, lr: float = 0.001, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, *, weight_decay: float = 0.0, fused: bool | None = None,
    ):  # fmt: skip
        settings = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay, "fused": fused}
        super().__init__(params, settings)

    def run_fused(
        self, params: list[Tensor], grads: list[Tensor], states: list[State], group: dict[str, Any]
    ) -> None:
        """Torch's Adam."""
        fused_adam(torch._fused_adam_, params, grads, states, group)

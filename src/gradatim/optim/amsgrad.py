"""AMSGrad."""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.fused_adam import fused_adam
from gradatim.optim.update import FRACTION, POSITIVE, State, Update


class AMSGrad(Update):
    """AMSGrad (Reddi, Kale & Kumar 2018, Algorithm 2): Adam that remembers its largest v.

        m ← β₁ m + (1 − β₁) g,        m̂ = m/(1 − β₁ᵗ)
        v ← β₂ v + (1 − β₂) g²,       u ← max(u, v),   û = u/(1 − β₂ᵗ)
        θ ← θ − η m̂/(√û + ε)

    Torch's Adam with `amsgrad=True`; the paper leaves Adam's corrections out.

    Raises UsageError for a learning rate not above 0, a β outside [0, 1) or an ε not above 0.
    """

    text = staticmethod(updates.amsgrad)
    state_names = ("step", "exp_avg", "exp_avg_sq", "max_exp_avg_sq")
    bounds: ClassVar = {"lr": POSITIVE, "betas": FRACTION, "eps": POSITIVE}
    twin: ClassVar = {"amsgrad": True, "maximize": False, "decoupled_weight_decay": False}
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
        """Torch's Adam, which has this form."""
        fused_adam(torch._fused_adam_, params, grads, states, group, amsgrad=True)

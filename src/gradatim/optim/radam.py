"""RAdam."""

from typing import ClassVar

from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import FRACTION, POSITIVE, Update


class RAdam(Update):
    """RAdam, rectified Adam (Liu et al. 2020): its first steps are momentum, until v is a mean of enough.

        m ← β₁ m + (1 − β₁) g,     m̂ = m/(1 − β₁ᵗ)
        v ← β₂ v + (1 − β₂) g²,    v̂ = v/(1 − β₂ᵗ)
        ρ∞ = 2/(1 − β₂) − 1,       ρ = ρ∞ − 2tβ₂ᵗ/(1 − β₂ᵗ)
        r = √((ρ − 4)(ρ − 2)ρ∞ / ((ρ∞ − 4)(ρ∞ − 2)ρ))
        θ ← θ − ηr m̂/(√v̂ + ε) for ρ > 5, otherwise θ − ηm̂

    With β₂ = 0.999 that is from the sixth step on. The bound 5 is torch's, where the paper has 4; torch's ε
    stands beside √v, not √v̂.

    Raises UsageError for a learning rate not above 0, a β outside [0, 1) or an ε not above 0.
    """

    text = staticmethod(updates.radam)
    state_names = ("step", "exp_avg", "exp_avg_sq")
    bounds: ClassVar = {"lr": POSITIVE, "betas": FRACTION, "eps": POSITIVE}
    twin: ClassVar = {"maximize": False, "decoupled_weight_decay": False}

    def __init__(
        self, params: ParamsT, lr: float = 0.001, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, *, weight_decay: float = 0.0,
    ):  # fmt: skip
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

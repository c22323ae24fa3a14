"""AdaDelta."""

from typing import ClassVar

from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import FRACTION, POSITIVE, Update


class AdaDelta(Update):
    """AdaDelta (Zeiler 2012, Algorithm 1): steps in the parameter's own units.

        s ← ρs + (1 − ρ)g²,   Δ = √(u + ε)/√(s + ε) · g
        u ← ρu + (1 − ρ)Δ²,   θ ← θ − ηΔ

    The paper has no η, which is 1 unless asked otherwise. The first steps are of the order of √ε.

    Raises UsageError for a learning rate or an ε not above 0, or a ρ outside [0, 1).
    """

    text = staticmethod(updates.adadelta)
    state_names = ("step", "square_avg", "acc_delta")
    bounds: ClassVar = {"lr": POSITIVE, "rho": FRACTION, "eps": POSITIVE}
    twin: ClassVar = {"maximize": False}

    def __init__(
        self, params: ParamsT, lr: float = 1.0, rho: float = 0.9, eps: float = 1e-6, *,
        weight_decay: float = 0.0,
    ):  # fmt: skip
        super().__init__(params, {"lr": lr, "rho": rho, "eps": eps, "weight_decay": weight_decay})

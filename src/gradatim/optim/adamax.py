"""AdaMax."""

from typing import ClassVar

from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import FRACTION, POSITIVE, Update


class AdaMax(Update):
    """AdaMax (Kingma & Ba 2015, section 7.1): Adam of the infinity norm, so that u needs no correction.

        m ← β₁ m + (1 − β₁) g,   m̂ = m/(1 − β₁ᵗ)
        u ← max(β₂ u, |g| + ε)
        θ ← θ − η m̂/u

    The ε is torch's; the paper has none.

    Raises UsageError for a learning rate not above 0, a β outside [0, 1) or an ε not above 0.
    """

    text = staticmethod(updates.adamax)
    state_names = ("step", "exp_avg", "exp_inf")
    bounds: ClassVar = {"lr": POSITIVE, "betas": FRACTION, "eps": POSITIVE}
    twin: ClassVar = {"maximize": False}

    def __init__(
        self, params: ParamsT, lr: float = 0.002, betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8, *, weight_decay: float = 0.0,
    ):  # fmt: skip
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

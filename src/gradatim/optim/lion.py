"""Lion."""

from typing import ClassVar

from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import FRACTION, POSITIVE, Update


class Lion(Update):
    """Lion, evolved sign momentum (Chen et al. 2023, Algorithm 2).

        c = β₁ m + (1 − β₁) g,   θ ← θ − η (sign(c) + λθ),   m ← β₂ m + (1 − β₂) g

    Every step has the size η, so η is smaller than Adam's, by 3 to 10 times, and the decay λ larger.

    Raises UsageError for a learning rate not above 0, a β outside [0, 1) or a negative λ.
    """

    text = staticmethod(updates.lion)
    state_names = ("exp_avg",)
    bounds: ClassVar = {"lr": POSITIVE, "betas": FRACTION}
    decoupled = True

    def __init__(
        self, params: ParamsT, lr: float = 0.0001, betas: tuple[float, float] = (0.9, 0.99), *,
        weight_decay: float = 0.0,
    ):  # fmt: skip
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

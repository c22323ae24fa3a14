"""Nesterov's momentum."""

from typing import ClassVar

from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import FRACTION, POSITIVE, Update


class Nesterov(Update):
    """Gradient descent with Nesterov's momentum (Nesterov 1983), its gradient taken a step of v ahead.

        v′ = ρv − ηg(θ̃),   θ̃ ← θ̃ − ρv + (1 + ρ)v′,   where θ̃ = θ + ρv

    The parameters are θ̃. With it, v′ = ρv − ηg(θ + ρv), θ ← θ + v′ holds at every step, also where η changes;
    `NesterovTorch` agrees with it only while η stays.

    Raises UsageError for a learning rate not above 0 or a momentum outside [0, 1).
    """

    text = staticmethod(updates.nesterov)
    state_names = ("velocity",)  # not torch's buffer, which is −1/η of it
    bounds: ClassVar = {"lr": POSITIVE, "momentum": FRACTION}

    def __init__(
        self, params: ParamsT, lr: float = 0.01, momentum: float = 0.9, *, weight_decay: float = 0.0
    ):
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

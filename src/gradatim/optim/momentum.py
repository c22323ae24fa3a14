"""Gradient descent with momentum."""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import FRACTION, POSITIVE, State, Update


class Momentum(Update):
    """Gradient descent with momentum (Polyak 1964); torch's SGD with `momentum` and no dampening.

        v ← ρv + g,   θ ← θ − ηv

    Raises UsageError for a learning rate not above 0 or a momentum outside [0, 1).
    """

    text = staticmethod(updates.momentum)
    state_names = ("momentum_buffer",)
    bounds: ClassVar = {"lr": POSITIVE, "momentum": FRACTION}
    twin: ClassVar = {"dampening": 0, "nesterov": False, "maximize": False}
    fused_on = ("cpu", "cuda")

    def __init__(
        self, params: ParamsT, lr: float = 0.01, momentum: float = 0.9, *, weight_decay: float = 0.0,
        fused: bool | None = None,
    ):  # fmt: skip
        settings = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "fused": fused}
        super().__init__(params, settings)

    def fuses(self, group: dict[str, Any]) -> bool:
        """Torch's kernel wants no buffer without a momentum; the text keeps v = g, for a momentum to come."""
        return bool(group["momentum"])

    def run_fused(
        self, params: list[Tensor], grads: list[Tensor], states: list[State], group: dict[str, Any]
    ) -> None:
        """Torch's SGD with momentum."""
        torch._fused_sgd_(
            params, grads, [s["momentum_buffer"] for s in states], lr=float(group["lr"]),
            weight_decay=group["weight_decay"], momentum=group["momentum"], dampening=0.0, nesterov=False,
            maximize=False, is_first_step=False,
        )  # fmt: skip

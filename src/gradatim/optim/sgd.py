"""Stochastic gradient descent."""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import POSITIVE, State, Update


class SGD(Update):
    """Minibatch gradient descent (Robbins & Monro 1951).

        θ ← θ − ηg,   g the mean gradient of the batch, plus weight_decay · θ

    Raises UsageError for a learning rate not above 0 or a negative weight decay.
    """

    text = staticmethod(updates.sgd)
    bounds: ClassVar = {"lr": POSITIVE}
    twin: ClassVar = {"momentum": 0, "dampening": 0, "nesterov": False, "maximize": False}
    fused_on = ("cpu", "cuda")

    def __init__(
        self, params: ParamsT, lr: float = 0.01, *, weight_decay: float = 0.0, fused: bool | None = None
    ):
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "fused": fused})

    def run_fused(
        self, params: list[Tensor], grads: list[Tensor], states: list[State], group: dict[str, Any]
    ) -> None:
        """Torch's SGD without momentum."""
        torch._fused_sgd_(
            params, grads, [], weight_decay=group["weight_decay"], momentum=0.0,
            lr=float(group["lr"]), dampening=0.0, nesterov=False, maximize=False, is_first_step=False,
        )  # fmt: skip

"""Stochastic gradient descent."""

from typing import Any, ClassVar

from torch import Tensor
from torch.optim.optimizer import ParamsT
from torch.optim.sgd import sgd as torch_sgd

from gradatim.checks import real
from gradatim.functional import updates
from gradatim.optim.update import Update


class SGD(Update):
    """Minibatch gradient descent (Robbins & Monro 1951).

        θ ← θ − ηg,   g the mean gradient of the batch, plus weight_decay · θ

    Raises UsageError for a learning rate not above 0 or a negative weight decay.
    """

    text = staticmethod(updates.sgd)
    twin: ClassVar = {"momentum": 0, "dampening": 0, "nesterov": False, "maximize": False}

    def __init__(
        self, params: ParamsT, lr: float = 0.01, *, weight_decay: float = 0.0, fused: bool | None = None
    ):
        super().__init__(params, {"lr": lr, "weight_decay": weight_decay, "fused": fused})

    def check(self, group: dict[str, Any]) -> None:
        """η above 0, weight decay at least 0."""
        real("lr", group["lr"], above=0)
        real("weight_decay", group["weight_decay"], at_least=0)

    def hyper(self, group: dict[str, Any]) -> dict[str, float]:
        """η."""
        return {"lr": group["lr"]}

    def run_fused(self, params: list[Tensor], grads: list[Tensor], group: dict[str, Any]) -> None:
        """Torch's SGD without momentum."""
        torch_sgd(
            params, grads, [None] * len(params), weight_decay=group["weight_decay"], momentum=0.0,
            lr=group["lr"], dampening=0.0, nesterov=False, maximize=False, fused=True,
        )  # fmt: skip

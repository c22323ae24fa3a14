"""Gradient descent with momentum."""

from typing import Any, ClassVar

from torch import Tensor
from torch.optim.optimizer import ParamsT
from torch.optim.sgd import sgd as torch_sgd

from gradatim.checks import real
from gradatim.functional import updates
from gradatim.optim.update import Update


class Momentum(Update):
    """Gradient descent with momentum (Polyak 1964); torch's SGD with `momentum` and no dampening.

        v ← ρv + g,   θ ← θ − ηv

    Raises UsageError for a learning rate not above 0 or a momentum outside [0, 1).
    """

    text = staticmethod(updates.momentum)
    state_names = ("momentum_buffer",)
    twin: ClassVar = {"dampening": 0, "nesterov": False, "maximize": False}

    def __init__(
        self, params: ParamsT, lr: float = 0.01, momentum: float = 0.9, *, weight_decay: float = 0.0,
        fused: bool | None = None,
    ):  # fmt: skip
        settings = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay, "fused": fused}
        super().__init__(params, settings)

    def check(self, group: dict[str, Any]) -> None:
        """η above 0, ρ in [0, 1), weight decay at least 0."""
        real("lr", group["lr"], above=0)
        real("momentum", group["momentum"], at_least=0, below=1)
        real("weight_decay", group["weight_decay"], at_least=0)

    def hyper(self, group: dict[str, Any]) -> dict[str, float]:
        """η and ρ."""
        return {"lr": group["lr"], "momentum": group["momentum"]}

    def run_fused(self, params: list[Tensor], grads: list[Tensor], group: dict[str, Any]) -> None:
        """Torch's SGD with momentum."""
        buffers = [self.state[p]["momentum_buffer"] for p in params]
        torch_sgd(
            params, grads, buffers, weight_decay=group["weight_decay"], momentum=group["momentum"],
            lr=group["lr"], dampening=0.0, nesterov=False, maximize=False, fused=True,
        )  # fmt: skip

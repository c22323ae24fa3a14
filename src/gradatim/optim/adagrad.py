"""AdaGrad."""

from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.functional import updates
from gradatim.optim.update import POSITIVE, State, Update


class AdaGrad(Update):
    """AdaGrad (Duchi, Hazan & Singer 2011), diagonal: a rate per parameter that only falls.

        s ← s + g²,   θ ← θ − ηg/(√s + ε)

    s starts at zero, where torch also offers another value. ε is 1e-7, as commonly taught; torch's is 1e-10.

    Raises UsageError for a learning rate or an ε not above 0.
    """

    text = staticmethod(updates.adagrad)
    state_names = ("step", "sum")
    bounds: ClassVar = {"lr": POSITIVE, "eps": POSITIVE}
    twin: ClassVar = {"lr_decay": 0, "initial_accumulator_value": 0, "maximize": False}
    fused_on = ("cpu",)

    def __init__(
        self, params: ParamsT, lr: float = 0.01, *, eps: float = 1e-7, weight_decay: float = 0.0,
        fused: bool | None = None,
    ):  # fmt: skip
        super().__init__(params, {"lr": lr, "eps": eps, "weight_decay": weight_decay, "fused": fused})

    def run_fused(
        self, params: list[Tensor], grads: list[Tensor], states: list[State], group: dict[str, Any]
    ) -> None:
        """Torch's Adagrad."""
        steps = [s["step"] for s in states]
        torch._foreach_add_(steps, 1)
        torch._fused_adagrad_(
            params, grads, [s["sum"] for s in states], steps, lr=float(group["lr"]), lr_decay=0.0,
            weight_decay=group["weight_decay"], eps=group["eps"], maximize=False,
        )  # fmt: skip

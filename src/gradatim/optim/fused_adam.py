"""Torch's fused kernels of Adam and its kin, which count the steps themselves."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from gradatim.optim.vector import State


def fused_adam(
    kernel: Callable[..., None], params: list[Tensor], grads: list[Tensor], states: list[State],
    group: dict[str, Any], amsgrad: bool = False,
) -> None:  # fmt: skip
    """One step by `torch._fused_adam_` or `torch._fused_adamw_`, in place; `amsgrad` keeps the largest v."""
    if params[0].is_cuda:  # the kernel counts on the device
        for state in states:
            state["step"] = state["step"].to(params[0].device)
    beta1, beta2 = group["betas"]
    steps = [s["step"] for s in states]
    torch._foreach_add_(steps, 1)
    kernel(
        params, grads, [s["exp_avg"] for s in states], [s["exp_avg_sq"] for s in states],
        [s["max_exp_avg_sq"] for s in states] if amsgrad else [], steps, amsgrad=amsgrad, maximize=False,
        lr=float(group["lr"]), beta1=beta1, beta2=beta2, eps=group["eps"], weight_decay=group["weight_decay"],
    )  # fmt: skip

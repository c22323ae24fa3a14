"""The wrapper that makes an update of `functional.updates` a drop-in torch optimizer."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.checks import GradatimError, UsageError


class Update(torch.optim.Optimizer):
    """A torch optimizer around one text; subclasses name the text and its state; nobody subclasses those.

    `fused=None` runs torch's fused kernel where it computes the same equations and the device has it, else
    the text; True and False insist. `path` says which one ran last. State dictionaries are torch's, both
    ways; one whose settings change the equations is refused.
    """

    text: ClassVar[Callable[..., None]]
    state_names: ClassVar[tuple[str, ...]] = ()  # torch's state_dict keys, in the text's order
    counts: ClassVar[bool] = False  # whether the text reads t
    twin: ClassVar[dict[str, Any]]  # torch's further settings, where its equations are the text's
    path: str = "not run yet"

    def __init__(self, params: ParamsT, settings: dict[str, Any]):
        super().__init__(params, {**self.twin, **settings})

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take a group whose settings are in their bounds; UsageError names the one that is not."""
        self.check({**self.defaults, **param_group})
        super().add_param_group(param_group)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take back a state, ours or torch's; UsageError for one of other equations."""
        for group in state_dict["param_groups"]:
            for name, value in self.twin.items():
                if group.get(name, value) != value:
                    raise UsageError(
                        f"the saved optimizer has {name}={group[name]}; {type(self).__name__} has {value}"
                    )
        super().load_state_dict(state_dict)

    def check(self, group: dict[str, Any]) -> None:
        """Raise UsageError for a setting out of its bounds."""
        raise NotImplementedError

    def hyper(self, group: dict[str, Any]) -> dict[str, float]:
        """The text's hyper-parameters from a parameter group."""
        raise NotImplementedError

    def run_fused(self, params: list[Tensor], grads: list[Tensor], group: dict[str, Any]) -> None:
        """Torch's kernel for the same equations."""
        raise NotImplementedError

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient; returns what the closure returns."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            params = [p for p in group["params"] if p.grad is not None]
            if not params:
                continue
            for p in params:
                if not self.state[p]:
                    self._start(p)
            grads = [p.grad for p in params]
            if _fuses(group["fused"], params):
                self.path = "fused"
                self.run_fused(params, grads, group)
            else:
                self.path = "text"
                self._run_text(params, grads, group)
        return loss

    def _start(self, p: Tensor) -> None:
        """State before the first step: zeros."""
        if p.grad is not None and p.grad.is_sparse:
            raise GradatimError(f"{type(self).__name__} does not take sparse gradients")
        if self.counts:
            self.state[p]["step"] = torch.zeros((), dtype=torch.float32)
        for name in self.state_names:
            self.state[p][name] = torch.zeros_like(p, memory_format=torch.preserve_format)

    def _run_text(self, params: list[Tensor], grads: list[Tensor], group: dict[str, Any]) -> None:
        hyper = self.hyper(group)
        for p, g in zip(params, grads, strict=True):
            state = self.state[p]
            t = 0
            if self.counts:
                state["step"] += 1
                t = int(state["step"])
            if group["weight_decay"]:
                g = g + group["weight_decay"] * p
            type(self).text(p, g, t, *(state[name] for name in self.state_names), **hyper)


def _fuses(asked: bool | None, params: list[Tensor]) -> bool:
    if asked is not None:
        return asked
    return all(p.device.type in ("cpu", "cuda") and p.is_floating_point() for p in params)

"""Torch's optimizer without the second its first construction takes, and what each step pays for watchers."""

import inspect
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import torch
from torch.optim import Optimizer
from torch.optim import optimizer as torchs


class LightOptimizer(Optimizer):
    """Torch's optimizer, its methods free of their marks while nothing can be compiling.

    Torch marks four methods as not to be compiled, and at the first call the mark imports torch._dynamo: most
    of a second, of which a program that compiles nothing has no use. Once torch._dynamo is loaded, the marked
    methods run.
    """

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Torch's."""
        _unmarked(Optimizer.add_param_group)(self, param_group)

    def state_dict(self) -> dict[str, Any]:
        """Torch's."""
        return _unmarked(Optimizer.state_dict)(self)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Torch's."""
        _unmarked(Optimizer.load_state_dict)(self, state_dict)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Torch's; making gradients None goes without its label for the profiler, which costs more."""
        if not set_to_none:
            _unmarked(Optimizer.zero_grad)(self, set_to_none)
            return
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None


def light_step(step: Callable) -> Callable:
    """A `step` that goes through torch's wrapper only while a profiler or a hook wants to see it.

    Torch wraps every optimizer's step, to label it for the profiler and to run hooks. The wrapper takes 10 µs
    when it is called again and again, and 30 in a training step, where other work has driven it out of the
    caches.
    """
    watched = Optimizer.profile_hook_step(step)

    @wraps(step)
    def light(self: Optimizer, closure: Callable[[], Any] | None = None) -> Any:
        return (watched if _is_watched(self) else step)(self, closure)

    light.hooked = True  # type: ignore[attr-defined]  # torch wraps a step that does not say it is
    return light


def _is_watched(optimizer: Optimizer) -> bool:
    """Whether a profiler or a hook wants to see a step; yes, where torch keeps them under other names."""
    return bool(
        torch.autograd._profiler_enabled()
        or getattr(optimizer, "_optimizer_step_pre_hooks", True)
        or getattr(optimizer, "_optimizer_step_post_hooks", True)
        or getattr(torchs, "_global_optimizer_pre_hooks", True)
        or getattr(torchs, "_global_optimizer_post_hooks", True)
    )


def _unmarked(method: Callable) -> Callable:
    return method if "torch._dynamo" in sys.modules else inspect.unwrap(method)

"""Torch's optimizer without the second that its first construction takes."""

import inspect
import sys
from collections.abc import Callable
from typing import Any

from torch.optim import Optimizer


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


def _unmarked(method: Callable) -> Callable:
    return method if "torch._dynamo" in sys.modules else inspect.unwrap(method)

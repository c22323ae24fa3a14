"""L-BFGS."""

from collections.abc import Callable
from math import isfinite
from typing import Any

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.checks import GradatimError, UsageError, plain_number, real, whole
from gradatim.functional import updates
from gradatim.optim.groups import check_parameters, plain_settings
from gradatim.optim.light_optimizer import LightOptimizer

SETTINGS = ("lr", "max_iter", "history_size", "tolerance_grad", "tolerance_change")
STATE = ("s", "y", "live", "n_iter", "func_evals")


class LBFGS(LightOptimizer):
    """L-BFGS (Nocedal & Wright 2006, Algorithms 7.4 and 7.5) with a strong Wolfe line search (3.5 and 3.6).

        d = −Hg,   θ ← θ + ad,   s = ad,   y = g(θ + ad) − g(θ)

    H, the inverse Hessian's approximation, comes from the last `history_size` pairs (s, y), and a from the
    search, which tries `lr` first. It is for the whole data, not for minibatches: `step(closure)` asks the
    closure, which clears the gradients, computes the loss, calls its backward and returns it, as often as it
    needs, makes up to `max_iter` iterations, and returns the loss it began with. It stops earlier where no
    |∂L/∂θ| is above `tolerance_grad`, or where the loss moves by less than `tolerance_change`.

    A search of its own makes the path another than torch's; the minimum is the same. Parameters without a
    gradient stay, and when others than before have one, the pairs are forgotten.

    Raises UsageError for a setting out of its bounds, parameters of several kinds or groups, or no closure.
    """

    text = staticmethod(updates.lbfgs)
    path = "text"

    def __init__(
        self, params: ParamsT, lr: float = 1.0, *, max_iter: int = 20, history_size: int = 100,
        tolerance_grad: float = 1e-7, tolerance_change: float = 1e-9,
    ):  # fmt: skip
        settings = {"lr": lr, "max_iter": max_iter, "history_size": history_size}
        tolerances = {"tolerance_grad": tolerance_grad, "tolerance_change": tolerance_change}
        super().__init__(params, {**settings, **tolerances})

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take the group; UsageError for a second one, or for what does not make one vector."""
        if self.param_groups:
            raise UsageError("LBFGS moves all parameters as one vector: it takes one group")
        group = {**self.defaults, **param_group}
        real("lr", group["lr"], above=0)
        whole("max_iter", group["max_iter"], 1)
        whole("history_size", group["history_size"], 1)
        real("tolerance_grad", group["tolerance_grad"], at_least=0)
        real("tolerance_change", group["tolerance_change"], at_least=0)
        super().add_param_group(param_group)
        params = self.param_groups[0]["params"]
        try:
            check_parameters(params)
            kinds = {f"{p.dtype} on {p.device}" for p in params}
            if len(kinds) > 1:
                raise UsageError(f"LBFGS moves one vector; its parts are {' and '.join(sorted(kinds))}")
        except UsageError:
            self.param_groups.clear()
            raise
        self.param_groups[0].update(plain_settings({name: self.param_groups[0][name] for name in SETTINGS}))

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take back a state; UsageError for another optimizer's."""
        for state in state_dict["state"].values():
            if set(state) != set(STATE):
                raise UsageError(
                    f"the saved optimizer's state is {', '.join(state)}; LBFGS has {', '.join(STATE)}"
                )
            self._check_length(state)
        super().load_state_dict(state_dict)

    def _check_length(self, state: dict[str, Any]) -> None:
        """Raise UsageError for pairs of another network."""
        (group,) = self.param_groups
        try:
            length = sum(_flat(group["params"][number]).numel() for number in state["live"])
        except IndexError:
            length = None
        if state["s"].shape[1] != length:
            raise UsageError(
                f"the saved pairs of LBFGS have {state['s'].shape[1]} numbers each, not as many as these "
                "parameters"
            )

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Make up to max_iter iterations; returns the closure's loss before the first."""
        if closure is None:
            raise UsageError("lbfgs needs a closure that computes the loss of the whole data: step(closure)")
        (group,) = self.param_groups
        loss, f = _ask(closure)
        if not isfinite(f):
            raise GradatimError(f"the loss is {f} before the first step of LBFGS")
        live = [p for p in group["params"] if p.grad is not None]
        if not live:
            return loss
        if any(p.grad is not None and p.grad.is_sparse for p in live):
            raise GradatimError("LBFGS does not take sparse gradients")
        state = self._state(group, live)
        state["func_evals"] += 1

        def evaluate(x: Tensor) -> tuple[float, Tensor]:
            _put(live, x)
            state["func_evals"] += 1
            return _ask(closure)[1], _gradient(live)

        x = torch.cat([_flat(p) for p in live])
        g = _gradient(live)
        pairs = list(zip(state["s"], state["y"], strict=True))
        try:
            settings = {name: plain_number(group[name]) for name in SETTINGS}
            _, _, state["n_iter"] = updates.lbfgs_step(
                x, g, state["n_iter"], pairs, f=f, evaluate=evaluate, **settings
            )
        finally:  # also when the closure fails: the last point that was taken, not one that was tried
            _put(live, x)
            state["s"] = torch.stack([s for s, _ in pairs]) if pairs else x.new_zeros(0, len(x))
            state["y"] = torch.stack([y for _, y in pairs]) if pairs else x.new_zeros(0, len(x))
        return loss

    def _state(self, group: dict[str, Any], live: list[Tensor]) -> dict[str, Any]:
        """The state, kept with the first parameter; its pairs are dropped where they are of others."""
        state: dict[str, Any] = self.state[group["params"][0]]
        numbers = [i for i, p in enumerate(group["params"]) if p.grad is not None]
        if state.get("live") != numbers:
            flat = [_flat(p) for p in live]
            none = flat[0].new_zeros(0, sum(p.numel() for p in flat))
            state.update({"s": none, "y": none, "live": numbers})
            state.setdefault("n_iter", 0)
            state.setdefault("func_evals", 0)
        return state


def _ask(closure: Callable[[], Any]) -> tuple[Any, float]:
    with torch.enable_grad():
        loss = closure()
    return loss, float(loss)


def _gradient(live: list[Tensor]) -> Tensor:
    return torch.cat([_flat(torch.zeros_like(p) if p.grad is None else p.grad) for p in live])


def _put(live: list[Tensor], x: Tensor) -> None:
    """The vector's parts, into the parameters."""
    places = [torch.view_as_real(p) if p.is_complex() else p for p in live]
    for place, part in zip(places, x.split([place.numel() for place in places]), strict=True):
        place.copy_(part.view_as(place))


def _flat(x: Tensor) -> Tensor:
    """A tensor's numbers in a row; of a complex one both parts of each."""
    return (torch.view_as_real(x.resolve_conj()) if x.is_complex() else x).flatten()

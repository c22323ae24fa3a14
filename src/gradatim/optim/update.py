"""The wrapper that makes an update of `functional.updates` a drop-in torch optimizer."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.checks import GradatimError, UsageError, real
from gradatim.optim.light import LightOptimizer, light_step
from gradatim.optim.vector import Layout, State

Bounds = dict[str, dict[str, float]]
POSITIVE = {"above": 0.0}
NOT_NEGATIVE = {"at_least": 0.0}
FRACTION = {"at_least": 0.0, "below": 1.0}


class Update(LightOptimizer):
    """A torch optimizer around one text; subclasses name the text and its state; nobody subclasses those.

    Where torch has a fused kernel of the same equations (`fused_on` names the devices), `fused=None` runs it
    there, else the text; True and False insist. The text moves small parameters together, as one vector, to
    the same bits. `path` says what ran last. State dictionaries are torch's, both ways, where the definition
    is; one of other equations is refused.
    """

    text: ClassVar[Callable[..., None]]
    state_names: ClassVar[tuple[str, ...]] = ()  # torch's state_dict keys, in the text's order; step is its t
    bounds: ClassVar[Bounds]  # of each setting; weight_decay's is always NOT_NEGATIVE
    decoupled: ClassVar[bool] = False  # whether weight decay is the text's, or added to the gradient
    elementwise: ClassVar[bool] = True  # whether an element's step depends on no other element
    twin: ClassVar[dict[str, Any]] = {}  # torch's further settings, where its equations are the text's
    fused_on: ClassVar[tuple[str, ...]] = ()
    path: str = "not run yet"

    def __init__(self, params: ParamsT, settings: dict[str, Any]):
        super().__init__(params, {**self.twin, **settings})
        self._layouts: dict[int, Layout] = {}  # by group, kept while its text runs at every step

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what was pickled or copied."""
        super().__setstate__(state)
        self._layouts = {}

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take a group whose settings are in their bounds; UsageError names the one that is not."""
        group = {**self.defaults, **param_group}
        for name, bounds in self.bounds.items():
            if name == "betas":
                _check_betas(group[name], bounds)
            else:
                real(name, group[name], **bounds)
        real("weight_decay", group["weight_decay"], **NOT_NEGATIVE)
        super().add_param_group(param_group)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take back a state, ours or torch's; UsageError for one of other equations."""
        kind = type(self).__name__
        for group in state_dict["param_groups"]:
            for name, value in self.twin.items():
                if _plain(group.get(name, value)) != _plain(value):
                    raise UsageError(f"the saved optimizer has {name}={group[name]}; {kind} has {value}")
        ours = [p for group in self.param_groups for p in group["params"]]
        for number, state in state_dict["state"].items():
            wanted = self.names(ours[number]) if number < len(ours) else self.state_names
            if state and not set(wanted) <= set(state):
                raise UsageError(
                    f"the saved optimizer's state is {', '.join(state)}; {kind} has {', '.join(wanted)}"
                )
        settings = dict(self.defaults)  # torch's loading adds one of its own, which is none of ours
        super().load_state_dict(state_dict)
        self.defaults = settings
        for group in self.param_groups:
            for name, value in settings.items():
                group.setdefault(name, value)

    def names(self, p: Tensor) -> tuple[str, ...]:
        """The state of a parameter."""
        return self.state_names

    def hyper(self, group: dict[str, Any]) -> dict[str, float]:
        """The text's hyper-parameters from a parameter group."""
        names = {name: group[name] for name in self.bounds if name != "betas"}
        if "betas" in self.bounds:
            names["beta1"], names["beta2"] = group["betas"]
        if self.decoupled:
            names["weight_decay"] = group["weight_decay"]
        return names

    def _numbers(self) -> set[str] | None:
        """Which state is one number for a parameter; None where each parameter must move alone."""
        one = torch.zeros(1)
        return (
            {name for name in self.state_names if not self.zeros(name, one).ndim}
            if self.elementwise
            else None
        )

    def run_fused(
        self, params: list[Tensor], grads: list[Tensor], states: list[State], group: dict[str, Any]
    ) -> None:
        """Torch's kernel for the same equations, on parameters of one device and one precision."""
        raise NotImplementedError

    def run_text(self, p: Tensor, g: Tensor, t: int, held: list[Tensor], group: dict[str, Any]) -> None:
        """The text, on one parameter and its state."""
        type(self).text(p, g, t, *held, **self.hyper(group))

    def zeros(self, name: str, p: Tensor) -> Tensor:
        """State before the first step."""
        if name == "step":
            return torch.zeros((), dtype=torch.float32)
        return torch.zeros_like(p, memory_format=torch.preserve_format)

    @light_step
    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Update every parameter that has a gradient; returns what the closure returns."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        layouts, self._layouts = self._layouts, {}
        for number, group in enumerate(self.param_groups):
            params = [p for p in group["params"] if p.grad is not None]
            if params:
                self._step_group(number, group, params, layouts.get(number))
        return loss

    def _step_group(
        self, number: int, group: dict[str, Any], params: list[Tensor], layout: Layout | None
    ) -> None:
        grads: list[Any] = [p.grad for p in params]
        if any([g.is_sparse for g in grads]):
            raise GradatimError(f"{type(self).__name__} does not take sparse gradients")
        states = [self.state[p] for p in params]
        for p, state in zip(params, states, strict=True):
            if not state:
                state.update({name: self.zeros(name, p) for name in self.names(p)})
        kinds = {(p.device, p.dtype) for p in params}
        if not self._fuses(group.get("fused"), kinds):
            if layout is None or not layout.holds(params, states):
                layout = Layout(params, states, self._numbers())
            self._layouts[number] = layout
            self._run_texts(layout, group)
            return
        self.path = "fused"
        if len(kinds) == 1:
            self.run_fused(params, grads, states, group)
            return
        for kind in kinds:
            at = [i for i, p in enumerate(params) if (p.device, p.dtype) == kind]
            self.run_fused([params[i] for i in at], [grads[i] for i in at], [states[i] for i in at], group)

    def _run_texts(self, layout: Layout, group: dict[str, Any]) -> None:
        self.path = "text on one vector" if layout.vectors else "text"
        for vector in layout.vectors:
            vector.gather()
            self._move(vector.theta, vector.g, vector.state, group)
            vector.scatter()
        for p, state in layout.alone:
            self._move(p, p.grad, state, group)

    def _move(self, p: Tensor, g: Any, state: State, group: dict[str, Any]) -> None:
        """The text on one tensor."""
        names, t = self.names(p), 0
        if "step" in names:
            state["step"] += 1
            t = int(state["step"])
        decay = 0.0 if self.decoupled else group["weight_decay"]
        held = [state[name] for name in names if name != "step"]
        self.run_text(p, g + decay * p if decay else g, t, held, group)

    def _fuses(self, asked: bool | None, kinds: set[tuple[torch.device, torch.dtype]]) -> bool:
        if asked is not None and self.fused_on:
            return asked
        return all([device.type in self.fused_on and dtype.is_floating_point for device, dtype in kinds])


def _check_betas(betas: Any, bounds: dict[str, float]) -> None:
    if not isinstance(betas, tuple | list) or len(betas) != 2:
        raise UsageError(f"betas must be two numbers; they are {betas!r}")
    for name, beta in zip(("beta1", "beta2"), betas, strict=True):
        real(name, beta, **bounds)


def _plain(value: Any) -> Any:
    """A setting as JSON gives it back."""
    return list(value) if isinstance(value, tuple) else value

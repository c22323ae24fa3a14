"""The wrapper that makes an update of `functional.updates` a drop-in torch optimizer."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch.optim.optimizer import ParamsT

from gradatim.checks import GradatimError, UsageError, real
from gradatim.optim.fused_group import FusedGroup
from gradatim.optim.groups import check_parameters, plain_settings
from gradatim.optim.light_optimizer import LightOptimizer, light_step
from gradatim.optim.memory import shares_memory
from gradatim.optim.saved_state import check_settings, check_state, lay_beside
from gradatim.optim.vector import Layout, State

Bounds = dict[str, dict[str, float]]
POSITIVE = {"above": 0.0}
NOT_NEGATIVE = {"at_least": 0.0}
FRACTION = {"at_least": 0.0, "below": 1.0}


class Update(LightOptimizer):
    """A torch optimizer around one text; subclasses name the text and its state; nobody subclasses those.

    Where torch has a fused kernel of the same equations (`fused_on` names the devices), `fused=None` runs it
    there and `fused=True` anywhere, on every parameter that lies in memory as its gradient and its state do;
    the text moves the rest, and with `fused=False` all. It moves small parameters together, as one vector, to
    the same bits. `path` says what ran last. State dictionaries are torch's, both ways, where the definition
    is; one of other equations is refused. A complex parameter is two real ones, as in torch.
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
        super().__init__(params, {**self.twin, **plain_settings(settings)})
        self._layouts: dict[int, Layout] = {}  # by group, kept while its text runs at every step
        self._fused_groups: dict[int, FusedGroup] = {}  # by group, kept while it is fused

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take what was pickled or copied."""
        super().__setstate__(state)
        self._layouts, self._fused_groups = {}, {}

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Take a group whose settings are in their bounds; UsageError names the one that is not."""
        group = {**self.defaults, **param_group}
        for name, bounds in self.bounds.items():
            if name == "betas":
                _check_betas(group[name], bounds)
            else:
                real(name, group[name], **bounds)
        real("weight_decay", group["weight_decay"], **NOT_NEGATIVE)
        own = {name: value for name, value in param_group.items() if name in self.defaults}
        param_group.update(plain_settings(own))
        super().add_param_group(param_group)
        try:
            check_parameters(self.param_groups[-1]["params"], self.elementwise)
        except UsageError:
            self.param_groups.pop()
            raise

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take back a state, ours or torch's; UsageError for one of other equations."""
        kind = type(self).__name__
        for group in state_dict["param_groups"]:
            check_settings(kind, group, self.twin)
        ours = [p for group in self.param_groups for p in group["params"]]
        states: dict[int, State] = {}
        for number, state in state_dict["state"].items():
            one = ours[number] if number < len(ours) else torch.zeros(())  # torch's loading refuses it
            states[number] = check_state(kind, number, state, self._shapes(one))
        settings = dict(self.defaults)  # torch's loading adds one of its own, which is none of ours
        super().load_state_dict({**state_dict, "state": states})
        self.defaults = settings
        for group in self.param_groups:
            for name, value in settings.items():
                group.setdefault(name, value)
        for p, state in self.state.items():
            state.update({name: lay_beside(state[name], p) for name in self.names(p) if state})

    def _shapes(self, p: Tensor) -> dict[str, tuple[int, ...]]:
        """The shape of each state of a parameter."""
        meta = torch.empty_like(p, device="meta")
        return {name: tuple(self.zeros(name, meta).shape) for name in self.names(p)}

    def names(self, p: Tensor) -> tuple[str, ...]:
        """The state of a parameter."""
        return self.state_names

    def hyper(self, group: dict[str, Any]) -> dict[str, float]:
        """The text's hyper-parameters from a parameter group."""
        names = {name: group[name] for name in self.bounds if name != "betas"}
        names["lr"] = float(names["lr"])  # of a tensor, too
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

    def fuses(self, group: dict[str, Any]) -> bool:
        """Whether torch's kernel has the group's settings."""
        return True

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
        fused, self._fused_groups = self._fused_groups, {}
        for number, group in enumerate(self.param_groups):
            params = [p for p in group["params"] if p.grad is not None]
            if params:
                self._step_group(number, group, params, layouts.get(number), fused.get(number))
        return loss

    def _step_group(
        self, number: int, group: dict[str, Any], params: list[Tensor], layout: Layout | None,
        fused: FusedGroup | None,
    ) -> None:  # fmt: skip
        grads: list[Any] = [p.grad for p in params]
        if any([g.layout is not torch.strided for g in grads]):
            raise GradatimError(f"{type(self).__name__} does not take sparse gradients")
        states = [self.state[p] for p in params]
        for p, state in zip(params, states, strict=True):
            if not state:
                state.update({name: self.zeros(name, p) for name in self.names(p)})
        if group.get("fused") is False or not self.fused_on or not self.fuses(group):
            self._run_texts(number, layout, params, states, group)
            return
        devices = None if group.get("fused") else self.fused_on
        if fused is None or fused.devices != devices or not fused.holds(params, grads, states):
            names = [name for name in self.state_names if name != "step"]
            fused = FusedGroup(params, grads, states, names, devices)
        self._fused_groups[number] = fused
        for part in fused.parts(params, grads, states):
            self.run_fused(*part, group)
        self.path = "fused"
        if fused.others:
            left, theirs = [params[i] for i in fused.others], [states[i] for i in fused.others]
            self._run_texts(number, layout, left, theirs, group)
            if fused.kernels:
                self.path = f"fused, and text for {len(fused.others)} of {len(params)} parameters"

    def _run_texts(
        self, number: int, layout: Layout | None, params: list[Tensor], states: list[State],
        group: dict[str, Any],
    ) -> None:  # fmt: skip
        if layout is None or not layout.holds(params, states):
            layout = Layout(params, states, self._numbers())
        self._layouts[number] = layout
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
        if decay:
            g = g + decay * p
        elif shares_memory(p, g):  # what the text writes it would read as the gradient
            g = g.clone()
        if p.is_complex():
            p, g = torch.view_as_real(p), torch.view_as_real(g.resolve_conj())
            held = [torch.view_as_real(s) if s.is_complex() else s for s in held]
        self.run_text(p, g, t, held, group)


def _check_betas(betas: Any, bounds: dict[str, float]) -> None:
    if not isinstance(betas, tuple | list) or len(betas) != 2:
        raise UsageError(f"betas must be two numbers; they are {betas!r}")
    for name, beta in zip(("beta1", "beta2"), betas, strict=True):
        real(name, beta, **bounds)

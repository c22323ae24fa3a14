"""What the torch engine is given, by name or made: a loss, an optimizer."""

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.functional.losses import weighted_mean
from gradatim.optim.lbfgs import LBFGS
from gradatim.optim.numpy_updates import METHODS

ELEMENTWISE = (
    nn.MSELoss, nn.L1Loss, nn.SmoothL1Loss, nn.HuberLoss, nn.BCELoss, nn.BCEWithLogitsLoss,
    nn.PoissonNLLLoss, nn.SoftMarginLoss,
)  # fmt: skip


class Custom:
    """A user's loss(output, target): a scalar, or (N, …) values, whose means by example can be weighted."""

    def __init__(self, function: Any):
        if not callable(function):
            raise UsageError(f"loss must be a name or a function of (output, target); it is {function!r}")
        self.function, self._compared = function, False
        if hasattr(function, "decide"):
            self.decide = function.decide

    def _value(self, a: Any, y: Tensor) -> Any:
        """What the function gives; UsageError, the first time, where torch would compare every output with
        every target.
        """
        y = _as_outputs(self.function, a, y)
        if self._compared:
            return self.function(a, y)
        self._compared = True
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="Using a target size")
            try:
                return self.function(a, y)
            except UserWarning:
                raise UsageError(
                    f"the loss would compare every output with every target: outputs are {tuple(a.shape)}, "
                    f"targets {tuple(y.shape)}; give both one shape, such as a[:, 0]"
                ) from None

    def mean(self, a: Tensor, y: Tensor, w: Tensor | None = None) -> Tensor:
        """The mean over examples, weighted where there are weights."""
        value = self._value(a, y)
        if not isinstance(value, Tensor):
            raise UsageError(f"the loss must give a tensor; it gave {type(value).__name__}")
        if w is None:
            return value.mean()
        if value.ndim == 0:
            raise UsageError("weights need a loss of one value an example; this one gives a single number")
        return weighted_mean(value.reshape(len(w), -1).mean(1), w)


def _as_outputs(function: Any, a: Any, y: Tensor) -> Tensor:
    """Targets (N,) of numbers as a column where torch's own elementwise losses meet outputs (N, 1)."""
    alike = isinstance(a, Tensor) and isinstance(function, ELEMENTWISE) and y.is_floating_point()
    return y.reshape(a.shape) if alike and a.shape != y.shape and a.numel() == y.numel() else y


def place_network(model: nn.Module, device: torch.device, dtype: torch.dtype) -> nn.Module:
    """The network on the device in that precision; UsageError for one that would lose imaginary parts."""
    for name, value in [*model.named_parameters(), *model.named_buffers()]:
        if value.is_complex():
            kind = str(dtype).removeprefix("torch.")
            raise UsageError(
                f"{name} is complex; in {kind}, in which Training computes, it has no imaginary part"
            )
    return model.to(device, dtype)


def loss_by_name(name: str) -> Any:
    """A loss of the catalogue."""
    return catalog.find(name, "loss").load()()


def optimizer_for(
    optimizer: Any, model: nn.Module, lr: float | None, asked: dict[str, Any],
    rates: Mapping[str, float] | None = None,
) -> torch.optim.Optimizer:  # fmt: skip
    """The optimizer that was made, that a class or function makes, or that of a name, with these settings.

    `rates` are factors of the learning rate by a parameter's name, 1 where there is none: a group for each.
    A network whose `parameter_groups` have settings of their own keeps them, whatever the rates.
    """
    if rates and not isinstance(optimizer, str):
        raise UsageError("an optimizer of your own has rates of its own; layers' rates are for one by name")
    if isinstance(optimizer, torch.optim.Optimizer):
        if lr is not None:
            raise UsageError("an optimizer that is made has its learning rate; lr is for one given by name")
        return optimizer
    parameters = [p for p in model.parameters() if p.requires_grad]
    if not parameters:
        raise UsageError("the network has no parameter to learn")
    if not isinstance(optimizer, str):
        return _made_by(optimizer, parameters, lr)
    made_by = catalog.find(optimizer, "optimizer").load()
    settings: dict[str, Any] = dict(asked) if lr is None else {**asked, "lr": lr}
    if {"beta1", "beta2"} & set(settings):
        usual = METHODS[optimizer].settings
        settings["betas"] = tuple(settings.pop(name, usual[name]) for name in ("beta1", "beta2"))
    if METHODS[optimizer].weight_decay:
        settings["weight_decay"] = 0.0  # the engine decays weights, and leaves biases alone
    if made_by is LBFGS:
        settings.setdefault("max_iter", 1)  # a step is one iteration
    if not rates:
        has_own = hasattr(model, "parameter_groups")
        return made_by(_own_groups(model, optimizer) if has_own else parameters, **settings)
    if made_by is LBFGS:
        raise UsageError("lbfgs moves all parameters by one rate; layers' rates are for the other optimizers")
    return _with_rates(lambda groups: made_by(groups, **settings), model, rates, optimizer)


def _own_groups(model: nn.Module, optimizer: str) -> list[dict[str, Any]]:
    """The groups of the parameters that learn, each with the settings that the network gives it."""
    asked = getattr(model, "parameter_groups", None)
    groups = [{"params": list(model.parameters())}] if asked is None else asked(optimizer)
    learning = ({**one, "params": [p for p in one["params"] if p.requires_grad]} for one in groups)
    return [one for one in learning if one["params"]]


def _with_rates(
    make: Any, model: nn.Module, rates: Mapping[str, float], optimizer: str
) -> torch.optim.Optimizer:  # fmt: skip
    """The optimizer of groups of parameters, the fastest first, each of which has its factor of the rate, and
    the settings that the network gives it.
    """
    factor_of = {id(p): rates.get(name, 1.0) for name, p in model.named_parameters()}
    groups: list[tuple[float, dict[str, Any]]] = []
    for own in _own_groups(model, optimizer):
        parts: dict[float, list[nn.Parameter]] = {}
        for p in own["params"]:
            parts.setdefault(factor_of[id(p)], []).append(p)
        groups += [(factor, {**own, "params": part}) for factor, part in parts.items()]
    groups.sort(key=lambda one: -one[0])
    made = make([group for _, group in groups])
    for group, (factor, _) in zip(made.param_groups, groups, strict=True):
        group["lr"] *= factor
    return made


def _made_by(make: Any, parameters: list[nn.Parameter], lr: float | None) -> torch.optim.Optimizer:
    """The optimizer of a class, or of a function of the parameters; UsageError for what makes none."""
    if isinstance(make, type) and issubclass(make, torch.optim.Optimizer):
        made = make(parameters) if lr is None else make(parameters, lr=lr)  # type: ignore[call-arg]
    elif not callable(make):
        raise UsageError(f"optimizer must be a name or a torch optimizer, or make one; it is {make!r}")
    elif lr is not None:
        raise UsageError(
            "a function that makes an optimizer gives it its learning rate; lr is for a name or a class"
        )
    else:
        made = make(parameters)
    if not isinstance(made, torch.optim.Optimizer):
        raise UsageError(f"optimizer must make a torch optimizer of the parameters; it made {made!r}")
    if isinstance(made, torch.optim.LBFGS):
        raise UsageError("torch's LBFGS asks for a step's loss several times: take the optimizer named lbfgs")
    return made

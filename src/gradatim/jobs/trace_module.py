"""A torch network as its twin by hand, where it is known layers in a row."""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.by_hand.twins import TWINS, layers_of
from gradatim.checks import UsageError
from gradatim.models import lenet
from gradatim.models.description import expand
from gradatim.runs.trained import Trained

PLAIN: dict[type, str] = {
    nn.ReLU: "relu", nn.Tanh: "tanh", nn.Sigmoid: "sigmoid", nn.GELU: "gelu", nn.SiLU: "silu", nn.ELU: "elu",
    nn.Softplus: "softplus", nn.Flatten: "flatten", nn.Identity: "identity", lenet.ScaledTanh: "scaled_tanh",
}  # fmt: skip
SIZES = ("kernel_size", "stride", "padding", "dilation")


class Twin(NamedTuple):
    """The network by hand, what torch calls each of its parameters, and the modules in front of it."""

    network: Network
    names: dict[str, str]
    front: list[nn.Module]  # that lay a small picture into a field of zeros


def by_hand_twin(trained: Trained, example: np.ndarray) -> Twin:
    """The twin of a run's torch network, its weights in float64; `example` is (1, …), as the network sees it.

    Raises UsageError for a network that is not layers in a row which all have twins by hand.
    """
    entries = None if trained.network is None else expand(trained.network)
    if entries is not None:
        layers_of(entries)  # which says what has no twin
        network = Network(entries, None, np.float64)
        state = {name: value.cpu().numpy() for name, value in trained.model.state_dict().items()}
        network.load_state_dict({name: state[name] for name in network.state_dict()})
        return Twin(network, {name: name for name in network.parameters}, [])
    return _of_row(trained, _row(trained.model, example))


def in_front(front: list[nn.Module], x: np.ndarray) -> np.ndarray:
    """An example behind the modules in front of the twin."""
    for module in front:
        x = module(torch.from_numpy(x)).numpy()
    return x


def _row(model: nn.Module, example: np.ndarray) -> list[tuple[str, nn.Module, torch.Tensor, torch.Tensor]]:
    """The leaves of a module in the order in which they run: name, module, input, output."""
    found: list[tuple[str, nn.Module, torch.Tensor, torch.Tensor]] = []
    inputs: dict[str, torch.Tensor] = {}
    hooks = []
    for name, leaf in model.named_modules():
        if any(True for _ in leaf.children()) or not name:
            continue

        def before(module: nn.Module, given: Any, name: str = name) -> None:
            inputs[name] = given[0].detach().clone()

        def after(module: nn.Module, given: Any, out: Any, name: str = name) -> None:
            found.append((name, module, inputs[name], out.detach().clone()))

        hooks += [leaf.register_forward_pre_hook(before), leaf.register_forward_hook(after)]
    first = next(model.parameters())
    model.eval()
    try:
        with torch.no_grad():
            model(torch.from_numpy(example).to(first.dtype).to(first.device))
    finally:
        for hook in hooks:
            hook.remove()
    return found


def _of_row(trained: Trained, row: list[tuple[str, nn.Module, torch.Tensor, torch.Tensor]]) -> Twin:
    entries: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    state: dict[str, np.ndarray] = {}
    front: list[nn.Module] = []
    last: torch.Tensor | None = None
    for name, module, x, out in row:
        if isinstance(module, lenet.Field) and not entries:
            front.append(module)
            last = out
            continue
        if last is not None and x.shape != last.shape and torch.equal(x, last.reshape(x.shape)):
            entries.append({"name": "flatten"})
        elif last is not None and not (x.shape == last.shape and torch.equal(x, last)):
            raise UsageError(
                f"{trained.name} is not layers in a row, as far as {name}: a trace needs its twin by hand"
            )
        entry = _entry(module)
        if entry is None:
            raise UsageError(
                f"{type(module).__name__} ({name} of {trained.name}) has no twin by hand, which a trace needs"
            )
        for key, value in module.state_dict().items():
            state[f"{len(entries)}.{key}"] = value.cpu().numpy()
        names |= {f"{len(entries)}.{key}": f"{name}.{key}" for key, _ in module.named_parameters()}
        entries.append(entry)
        last = out
    network = Network(entries, None, np.float64)
    network.load_state_dict({**network.state_dict(), **state})
    return Twin(network, names, front)


def _entry(module: nn.Module) -> dict[str, Any] | None:
    """A torch layer as an entry; None for one that has no twin by hand."""
    kind = type(module)
    if kind in PLAIN:
        return {"name": PLAIN[kind]}
    if isinstance(module, nn.Conv1d | nn.Conv2d | nn.Conv3d) and module.padding_mode == "zeros":
        sizes = {key: getattr(module, key) for key in (*SIZES, "in_channels", "out_channels", "groups")}
        return {"name": kind.__name__.lower(), **sizes, "bias": module.bias is not None}
    if isinstance(module, nn.Linear):
        return {"name": "dense", "in_features": module.in_features, "out_features": module.out_features,
                "bias": module.bias is not None}  # fmt: skip
    if isinstance(module, nn.MaxPool2d | nn.AvgPool2d):
        name = "max_pool2d" if isinstance(module, nn.MaxPool2d) else "avg_pool2d"
        return {"name": name, "kernel_size": module.kernel_size, "stride": module.stride,
                "padding": module.padding,
                "ceil_mode": module.ceil_mode}  # fmt: skip
    if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d | nn.BatchNorm3d):
        return {"name": "batch_norm", "num_features": module.num_features, "eps": module.eps}
    if isinstance(module, lenet.Subsampling):
        return {"name": "subsampling", "channels": len(module.weight)}
    if isinstance(module, lenet.TableConv):
        return {
            "name": "table_conv",
            "reads": [list(row) for row in module.reads],
            "channels": module.channels,
        }
    if isinstance(module, lenet.RBF):
        return {"name": "rbf", "num_classes": module.centres.shape[0], "in_features": module.centres.shape[1]}
    if type(module).__name__ == "Dropout" and "dropout" in TWINS:
        return {"name": "dropout", "p": module.p}
    return None

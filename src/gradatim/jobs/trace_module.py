"""A torch network as its twin by hand, where it is known layers in a row."""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.by_hand.twins import layers_of
from gradatim.checks import UsageError
from gradatim.jobs.trace_torch_layers import entry_of
from gradatim.models import lenet
from gradatim.models.description import expand
from gradatim.runs.trained import Trained

INSTEAD = "networks whose layers stand in a row have one, such as mlp, small_cnn and lenet5"


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
    return _of_row(trained, _row(trained.model, example), example)


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


def _of_row(
    trained: Trained, row: list[tuple[str, nn.Module, torch.Tensor, torch.Tensor]], example: np.ndarray
) -> Twin:
    entries: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    state: dict[str, np.ndarray] = {}
    front: list[nn.Module] = []
    last = torch.from_numpy(example).to(row[0][2])
    for name, module, x, out in row:
        if isinstance(module, lenet.Field) and not entries:
            front.append(module)
            last = out
            continue
        if x.shape != last.shape and torch.equal(x, last.reshape(x.shape)):
            entries.append({"name": "flatten"})
        elif not (x.shape == last.shape and torch.equal(x, last)):
            raise UsageError(
                f"{trained.name} is not layers in a row, as far as {name}: a trace needs its twin by hand; "
                f"{INSTEAD}"
            )
        entry = entry_of(module)
        if entry is None:
            raise UsageError(
                f"{type(module).__name__} ({name} of {trained.name}) has no twin by hand, which a trace needs"
            )
        if "pool" in entry["name"] and x.shape == out.shape and torch.equal(x, out):
            entry = {"name": "identity"}  # of a map of one number
        for key, value in module.state_dict().items():
            state[f"{len(entries)}.{key}"] = value.cpu().numpy()
        names |= {f"{len(entries)}.{key}": f"{name}.{key}" for key, _ in module.named_parameters()}
        entries.append(entry)
        last = out
    network = Network(entries, None, np.float64)
    network.load_state_dict({**network.state_dict(), **state})
    _compare(trained, network, row[len(front)][2], row[-1][3])
    return Twin(network, names, front)


def _compare(trained: Trained, network: Network, x: torch.Tensor, out: torch.Tensor) -> None:
    """UsageError where the twin answers otherwise than the network, beyond rounding."""
    found, wanted = network.forward(x.double().cpu().numpy()), out.double().cpu().numpy()
    if found.shape != wanted.shape or not np.allclose(
        found, wanted, rtol=1e-3, atol=1e-3 * abs(wanted).max()
    ):
        raise UsageError(f"{trained.name} is not layers in a row: a trace needs its twin by hand; {INSTEAD}")

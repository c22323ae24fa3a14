"""A torch network as its twin by hand, where it is made of known layers, sums and concatenations."""

from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from gradatim.by_hand.graph_network import GraphNetwork
from gradatim.by_hand.network import Network
from gradatim.by_hand.twins import layers_of
from gradatim.checks import UsageError
from gradatim.jobs.trace_recording import record
from gradatim.models.description import expand
from gradatim.runs.trained import Trained


class Twin(NamedTuple):
    """The network by hand, what torch calls each of its parameters, and the modules in front of it."""

    network: Network
    names: dict[str, str]
    front: list[nn.Module]  # that lay a small picture into a field of zeros
    asleep: list[str] = []  # parts that do not run when the network answers  # noqa: RUF012


def by_hand_twin(trained: Trained, example: np.ndarray) -> Twin:
    """The twin of a run's torch network, its weights in float64; `example` is (1, …), as the network sees it.

    Raises UsageError for a network with a layer, or a step between layers, that has no twin by hand.
    """
    entries = None if trained.network is None else expand(trained.network)
    if entries is not None:
        layers_of(entries)  # which says what has no twin
        network = Network(entries, None, np.float64)
        state = {name: value.cpu().numpy() for name, value in trained.model.state_dict().items()}
        network.load_state_dict({name: state[name] for name in network.state_dict()})
        return Twin(network, {name: name for name in network.parameters}, [])
    return _of_recording(trained, example)


def in_front(front: list[nn.Module], x: np.ndarray) -> np.ndarray:
    """An example behind the modules in front of the twin."""
    for module in front:
        x = module(torch.from_numpy(x)).numpy()
    return x


def _of_recording(trained: Trained, example: np.ndarray) -> Twin:
    """The twin of the layers that run, in a row or as a graph."""
    found, x, out = record(trained.model, example, trained.name)
    in_a_row = all(one["from"] == [n - 1 if n else "x"] for n, one in enumerate(found.entries))
    entries = [{k: v for k, v in one.items() if k != "from"} for one in found.entries]
    network = (
        Network(entries, None, np.float64) if in_a_row else GraphNetwork(found.entries, None, np.float64)
    )
    network.load_state_dict({**network.state_dict(), **found.state})
    _compare(trained, network, x, out)
    return Twin(network, found.names, found.front, _asleep(trained.model, found.names))


def _asleep(model: nn.Module, names: dict[str, str]) -> list[str]:
    """The parts with parameters that do not run when the network answers, such as auxiliary heads."""
    ran = set(names.values())
    tops = {name.partition(".")[0]: False for name, _ in model.named_parameters()}
    for name, _ in model.named_parameters():
        tops[name.partition(".")[0]] |= name in ran
    return [name for name, awake in tops.items() if not awake]


def _compare(trained: Trained, network: Network, x: torch.Tensor, out: torch.Tensor) -> None:
    """UsageError where the twin answers otherwise than the network, beyond rounding."""
    found, wanted = network.forward(x.double().cpu().numpy()), out.double().cpu().numpy()
    if found.shape != wanted.shape or not np.allclose(
        found, wanted, rtol=1e-3, atol=1e-3 * abs(wanted).max()
    ):
        raise UsageError(f"{trained.name} answers otherwise than its twin by hand, which a trace needs")

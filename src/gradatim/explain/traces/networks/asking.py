"""A person's network, example and wishes as the setup of a trace."""

from typing import Any

import numpy as np

from gradatim.by_hand.graph_network import GraphNetwork
from gradatim.by_hand.layers.windowed import Windowed
from gradatim.by_hand.losses.by_name import LOSSES, loss_by_name
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError, known, one_of, real, shown
from gradatim.explain.traces.networks.blocks import kind_of
from gradatim.explain.traces.networks.changes import change, whole_target
from gradatim.explain.traces.networks.names import Names
from gradatim.explain.traces.networks.own_network import OwnNetwork, own_network
from gradatim.explain.traces.networks.step import OVER_TIME, Setup, is_sequence
from gradatim.explain.traces.networks.targets import read_target
from gradatim.optim.numpy_updates import METHODS, check_settings

SIGNS = {"dL/da": 1, "+dL/da": 1, "-dL/da": -1}
FOLDED = {  # the last activation and the losses whose scores lie in front of it
    "sigmoid": ("binary_cross_entropy", "bernoulli_nll", "multilabel"),
    "softmax": ("cross_entropy", "categorical_nll", "kl_divergence", "focal"),
}
USUAL = {
    "softmax": "cross_entropy",
    "log_softmax": "nll",
}  # the loss behind a last activation, where none is asked


def setup_of_json(content: Any, asked: dict[str, Any], changes: dict[str, Any]) -> Setup:
    """The setup of a person's JSON, what was asked beside it, and numbers that are changed.

    Raises UsageError for anything that does not fit, in a sentence that says where.
    """
    own = own_network(content)
    wanted = {**own.asked, **{name: value for name, value in asked.items() if value is not None}}
    if "input" not in wanted:
        raise UsageError("the network needs an input: --input 1,0, or an entry input in its file")
    if "target" not in wanted:
        raise UsageError("the step needs a target: --target 1, or an entry target in the network's file")
    network, units = own.network, own.units
    x = read_input(network, wanted["input"])
    names = Names(network, int(x[0].size), units)
    wanted, x = change(names, wanted, x, changes)
    wanted = {**wanted, "target": whole_target(wanted)}
    loss, folded = _loss(network, wanted.get("loss"))
    if folded:
        network = without_last(network)
    optimizer = known("optimizer", wanted.get("optimizer", "sgd"), METHODS)
    settings = wanted.get("settings", {})
    if not isinstance(settings, dict):
        raise UsageError(f'settings are the optimizer\'s, {{"momentum": 0.5}}; they are {shown(settings)}')
    check_settings(optimizer, settings)
    lr = real("lr", wanted.get("lr", METHODS[optimizer].settings["lr"]), above=0)
    sign = SIGNS[one_of("delta", wanted.get("delta", "dL/da"), SIGNS)]
    outputs = _outputs(network, x)
    y, last = _target(network, loss, wanted["target"], outputs)
    said = [f"target t = {_written(wanted['target'])}", f"η = {lr:g}"]
    where = f"The weights were not given: they are drawn from the seed {network.seed}" if own.drawn else ""
    return Setup(
        network, x, y, loss, lr, loss_by_name(loss), optimizer, dict(settings), sign=sign, last=last,
        folded=folded, title=str(wanted.get("title", _title(own))), sentences=tuple(said), where=where,
        units=units,
    )  # fmt: skip


def _title(own: OwnNetwork) -> str:
    sizes = "–".join(str(len(row)) for row in own.units) if own.units else ""
    return f"One step of learning in a network of {sizes} units" if sizes else "One step of learning"


def read_input(network: Network, given: Any) -> np.ndarray:
    """An example as (1, …), a sequence as (T, 1, D); UsageError for numbers that do not fit the network."""
    try:
        x = np.asarray(given, np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f"input must be numbers, in rows of one length; it is {shown(given)}") from error
    if not np.isfinite(x).all() or not x.size:
        raise UsageError(f"input must be finite numbers; it is {shown(given)}")
    x = x.reshape(1) if x.ndim == 0 else x
    first = next((layer for layer in network.layers if kind_of(layer) not in ("flatten", "dropout")), None)
    if isinstance(first, OVER_TIME):
        x = x.reshape(-1, 1) if x.ndim == 1 and first.input_size == 1 else np.atleast_2d(x)
        if x.ndim != 2 or x.shape[1] != first.input_size:
            raise UsageError(
                f"the input must be steps of {first.input_size} number{'s' * (first.input_size > 1)}; its "
                "shape "
                f"is {' × '.join(map(str, x.shape))}"
            )
        return x[:, None]
    if isinstance(first, Windowed) and x.ndim == first.axes:
        x = x[None]  # one channel
    wanted = getattr(first, "in_features", None)
    front_is_flat = network.layers and kind_of(network.layers[0]) == "flatten"
    size = x.size if front_is_flat else x.shape[-1]
    if wanted is not None and size != wanted:
        raise UsageError(f"the input must have {wanted} number{'s' * (wanted > 1)}; it has {size}")
    return x[None]


def _loss(network: Network, asked: Any) -> tuple[str, str]:
    """The loss's name, and the last activation where its scores lie in front of that."""
    last = kind_of(network.layers[-1])
    if asked is None:
        asked = USUAL.get(last, "half_squared_error")
    if not isinstance(asked, str):
        raise UsageError(f"loss must be a name; it is {shown(asked)}")
    loss = known("loss", asked, LOSSES)
    behind = len(network.layers) > 1 and network.reads[-1] == (len(network.layers) - 1,)
    return loss, last if behind and loss in FOLDED.get(last, ()) else ""


def without_last(network: Network) -> Network:
    """The same network without its last activation, which its loss contains."""
    graph = isinstance(network, GraphNetwork)
    entries = network.entries if graph else _unfolded(network)
    shorter = type(network)(entries[:-1], None, np.float64)
    shorter.seed = network.seed
    shorter.load_state_dict(
        {name: v for name, v in zip(shorter.state_dict(), network.state_dict().values(), strict=True)}
    )
    return shorter


def _unfolded(network: Network) -> list[dict[str, Any]]:
    from gradatim.models.description import expand

    found: list[dict[str, Any]] = []
    for entry in network.entries:
        found += expand(entry) or [entry]
    return found


def _outputs(network: Network, x: np.ndarray) -> tuple[int, ...]:
    """The shape of what the loss reads, all steps of a sequence; UsageError for sizes that do not fit."""
    h = network.forward(x)
    return (h.shape[0], *h.shape[2:]) if is_sequence(network) else h.shape


def _target(network: Network, loss: str, target: Any, outputs: tuple[int, ...]) -> tuple[np.ndarray, bool]:
    """The target, and whether it is the last step's alone."""
    if not is_sequence(network):
        return read_target(loss, target, outputs), False
    try:
        return read_target(loss, target, outputs), False
    except UsageError:
        return read_target(loss, target, (1, *outputs[1:])), outputs[0] > 1


def _written(target: Any) -> str:
    return str(target) if not isinstance(target, list | tuple) else "(" + ", ".join(map(str, target)) + ")"

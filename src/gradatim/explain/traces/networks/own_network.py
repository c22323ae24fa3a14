"""A network that a person wrote down as JSON, checked in sentences: by its units, or by its layers.

By units, as a lecture draws it: units are numbered through, the inputs first, w13 leads from 1 to 3, and w03
(or b3) is the bias of unit 3; null is a connection that is not there.

    {"units": [2, 2, 1], "activation": "sigmoid",
     "weights": {"w03": 1, "w13": 3, "w23": 4, "w04": -6, "w14": 6, "w24": 5, "w05": -3.92, "w35": 2,
                 "w45": 4}}

By layers, each an entry as a description of a network has it, with `weights` where they are known:

    {"layers": [{"name": "dense", "weights": {"weight": [[1, 2]], "bias": [0]}},
                {"name": "sigmoid"}]}

A layer reads the one in front; `from` names others by their numbers, from 0, and "x" the input, so that
{"name": "sum", "from": [2, "x"]} is a residual block's sum, and `concat` puts channels one behind the other.

Either may hold what else a trace needs: input, target, loss, lr, optimizer, settings, delta, seed, title.
"""

from typing import Any, NamedTuple

import numpy as np

from gradatim.by_hand.graph_network import OF_GRAPHS, GraphNetwork
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError, did_you_mean, shown, whole
from gradatim.explain.traces.networks.units_form import network_of_units

ASKED = ("input", "target", "loss", "lr", "optimizer", "settings", "delta", "seed", "title")
OF_UNITS = ("units", "activation", "weights")
OF_LAYERS = ("layers", "network", "name", "format", "weights")


class OwnNetwork(NamedTuple):
    """The network, the numbers of its units where they were numbered, and what the file asks besides."""

    network: Network
    units: list[list[int]] | None
    asked: dict[str, Any]
    drawn: bool  # whether weights were drawn, as none were given


def own_network(content: Any) -> OwnNetwork:
    """The network of a JSON's content; UsageError says in a sentence what is wrong with it, and where."""
    if not isinstance(content, dict):
        raise UsageError(
            f'a network is written as {{"units": …}} or {{"layers": […]}}; this is {shown(content)}'
        )
    if "units" in content:
        _check_keys(content, (*OF_UNITS, *ASKED))
        network, units = network_of_units(content)
        return OwnNetwork(network, units, _asked(content), False)
    entries = _entries(content)
    weights = _weights_of(content, entries)
    plain = [{k: v for k, v in entry.items() if k != "weights"} for entry in entries]
    graph = any(entry.get("name") in OF_GRAPHS or "from" in entry for entry in plain)
    network = (GraphNetwork if graph else Network)(
        plain, whole("seed", content.get("seed", 0), 0), np.float64
    )
    missing = [name for name in network.state_dict() if name not in weights]
    learned = [name for name in network.parameters if name not in weights]
    if weights:
        _check_weights(network, weights, [name for name in learned if name in missing])
        network.load_state_dict({**network.state_dict(), **weights})
    return OwnNetwork(network, None, _asked(content), bool(network.parameters) and not weights)


def _asked(content: dict[str, Any]) -> dict[str, Any]:
    return {name: content[name] for name in ASKED if content.get(name) is not None}


def _check_keys(content: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in content:
        if key not in known:
            raise UsageError(f"a network's file has no entry {key!r}: {did_you_mean(key, known)}")


def _entries(content: dict[str, Any]) -> list[dict[str, Any]]:
    """The layers' entries, sizes of dense layers read from their weights where they are not given."""
    if "layers" in content and "name" not in content:
        _check_keys(content, (*OF_LAYERS, *ASKED))
        entries = content["layers"]
    else:
        from gradatim.models.description import expand, network_of

        own = {k: v for k, v in content.items() if k not in (*ASKED, "weights")}
        entries = expand(network_of(own))
        if entries is None:
            raise UsageError(f"{own.get('name', 'this network')} has no twin by hand; a trace needs one")
    if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
        raise UsageError(f'layers must be a list of entries {{"name": NAME, …}}; it is {shown(entries)}')
    return [_sized(entry, number) for number, entry in enumerate(entries)]


def _sized(entry: dict[str, Any], number: int) -> dict[str, Any]:
    name = entry.get("name")
    if not isinstance(name, str):
        raise UsageError(f'a layer is described as {{"name": NAME, …}}; layer {number} is {shown(entry)}')
    weight = entry.get("weights", {}).get("weight") if isinstance(entry.get("weights"), dict) else None
    if name == "dense" and weight is not None:
        shape = _array(f"layer {number}, dense: weight", weight).shape
        if len(shape) == 2:
            given = {"out_features": shape[0], "in_features": shape[1]}
            bias = {} if "bias" in entry["weights"] else {"bias": False}
            return {**given, **({} if "bias" in entry else bias), **entry}
    return entry


def _array(what: str, values: Any) -> np.ndarray:
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{what} must be numbers in rows of one length; it is {shown(values)}") from error
    if not np.isfinite(found).all():
        raise UsageError(f"{what} holds a number that is not finite")
    return found


def _weights_of(content: dict[str, Any], entries: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Every weight that is given, by its name in the network: in its layer, or in one table of all."""
    found = {}
    for number, entry in enumerate(entries):
        own = entry.get("weights")
        if own is None:
            continue
        if not isinstance(own, dict):
            raise UsageError(f'the weights of layer {number} are written as {{"weight": …, "bias": …}}; '
                             f"they are {shown(own)}")  # fmt: skip
        for key, values in own.items():
            found[f"{number}.{key}"] = _array(f"layer {number}, {entry['name']}: {key}", values)
    of_all = content.get("weights") or {}
    if not isinstance(of_all, dict):
        raise UsageError(f'weights are written as {{"0.weight": …, "0.bias": …}}; they are {shown(of_all)}')
    for name, values in of_all.items():
        found[name] = _array(name, values)
    return found


def _check_weights(network: Network, weights: dict[str, np.ndarray], missing: list[str]) -> None:
    shapes = {name: value.shape for name, value in network.state_dict().items()}
    kinds = {place: type(layer).__name__.lower() for place, layer in network.named_layers}
    for name, value in weights.items():
        place = name.partition(".")[0]
        if name not in shapes:
            near = did_you_mean(name, shapes)
            raise UsageError(
                f"the network has no weights {name} ({kinds.get(place, 'no such layer')}): {near}"
            )
        if value.shape != shapes[name]:
            raise UsageError(
                f"layer {place}, {kinds[place]}: {name.partition('.')[2]} must be {_size(shapes[name])} "
                f"numbers; it is {_size(value.shape)}"
            )
    if missing:
        place, _, key = missing[0].partition(".")
        raise UsageError(
            f"the {key} of layer {place}, {kinds.get(place, '')}, is missing: give all weights, or none to "
            "have them drawn from the seed"
        )


def _size(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "one number"

"""Costs: what a network of the catalogue needs, layer by layer, in prediction and in training."""

from typing import Any

from gradatim import catalog
from gradatim.checks import UsageError, known, whole
from gradatim.models.description import parameters_of


def costs(
    name: str, arguments: dict[str, Any], input_size: Any = None, batch_size: int = 1, optimizer: str = "adam"
) -> dict[str, Any] | None:
    """The layers and the sums of a network; None where nothing says what it reads.

    Raises UsageError for arguments that it does not take and for a size that it cannot read.

    >>> costs("resnet20", {})["activations"]["convolutions"]
    188416
    """
    import torch

    from gradatim.models.accounting import account
    from gradatim.models.building import make

    batch_size = whole("batch_size", batch_size, 1)
    with torch.device("meta"):
        network = make({"name": name, **with_input_size(name, arguments, input_size)})
    shape = _shape(name, network, input_size)
    if shape is None:
        return None
    found = account(network, shape, batch_size)
    element = next((p.element_size() for p in network.parameters()), 4)
    return costs_of(found, list(shape), batch_size, optimizer, element)


def costs_of(found: Any, shape: list, batch_size: int, optimizer: str, element: int) -> dict[str, Any]:
    """An account for JSON: of examples of a shape, and numbers of so many bytes."""
    from gradatim.models.accounting import training_bytes

    states = states_of(optimizer)
    held = training_bytes(found, states, element)
    sums = found.convolutions + found.sums
    return {
        "input": shape,
        "batch_size": batch_size,
        "layers": [row.as_dict() for row in found.rows],
        "parameters": found.parameters,
        "multiply_adds": found.multiply_adds,
        "activations": {
            "convolutions": found.convolutions, "convolutions_and_sums": sums,
            "kept_for_backward": None if found.refusal else {"bytes": found.kept},
        },
        "bytes": {
            "as_often_counted": (found.parameters + sums * batch_size) * element,
            "prediction": {"weights": found.weights, "live": found.live, "total": found.weights + found.live},
            "training": {"refused": found.refusal} if found.refusal else held,
        },
        "optimizer": {"name": optimizer, "states": states},
    }  # fmt: skip


def with_input_size(name: str, arguments: dict[str, Any], input_size: Any) -> dict[str, Any]:
    """The arguments with the size among them, where the network is built for one."""
    takes = parameters_of(catalog.find(name, "network").load())
    return (
        arguments
        if input_size is None or "input_size" not in takes
        else {"input_size": input_size, **arguments}
    )


def _shape(name: str, network: Any, input_size: Any) -> tuple[int, ...] | None:
    """An example's shape: pictures or clips of a size, or the features of the first dense layer."""
    from gradatim.models.network import Network, sizes

    if isinstance(network, Network) or hasattr(network, "input_size"):
        asked: Any = network.input_size or network.usual if input_size is None else input_size
        return (network.in_channels, *sizes("input_size", asked, network.axes))
    if input_size is not None:
        raise UsageError(f"{name} reads no pictures of a size: leave out input_size")
    if hasattr(network, "vocabulary_size") or getattr(network, "layout", "rows") != "rows":  # sequences
        return None
    first = next((layer for layer in network.modules() if hasattr(layer, "in_features")), None)
    return None if first is None else (int(first.in_features),)


def states_of(optimizer: str) -> int:
    """How many numbers an optimizer keeps for each parameter: counted after a step."""
    import torch

    made_by = catalog.find(known("optimizer", optimizer, catalog.names("optimizer")), "optimizer").load()
    p = torch.nn.Parameter(torch.ones(8, 8))
    made = made_by([p])

    def closure() -> Any:
        made.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    closure()
    made.step(closure)
    tensors = [value for state in made.state.values() for value in state.values()]
    return sum(t.numel() for t in tensors if isinstance(t, torch.Tensor)) // p.numel()

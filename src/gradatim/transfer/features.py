"""What the last layer of a network reads: the features that two domains are to share."""

from typing import Any

from torch import Tensor, nn

from gradatim.checks import UsageError


class InputOfHead:
    """Keeps what a network's last layer with weights reads, one vector an example, while it trains.

    >>> import torch
    >>> network = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    >>> head, _ = InputOfHead(network), network(torch.zeros(5, 2))
    >>> head.name, head.size, head.seen().shape
    ('2', 3, torch.Size([5, 3]))

    Raises UsageError for a network without such a layer.
    """

    def __init__(self, network: nn.Module):
        self.name, self.layer = head_of(network)
        self.size = int(self.layer.weight.shape[1])
        self._seen: Tensor | None = None
        self._handle = self.layer.register_forward_pre_hook(self._see)

    def _see(self, layer: nn.Module, inputs: tuple[Any, ...]) -> None:
        if layer.training:
            self._seen = inputs[0]

    def seen(self) -> Tensor:
        """The features of the last forward pass, which are let go of."""
        found, self._seen = self._seen, None
        if found is None:
            raise UsageError(f"layer {self.name} was not reached by the forward pass")
        return found.flatten(1).float() if found.dtype.itemsize < 4 else found.flatten(1)

    def leave(self) -> None:
        """Look no more."""
        self._handle.remove()


def head_of(network: nn.Module) -> tuple[str, Any]:
    """The name and the module of the last layer with a matrix of weights (out, in)."""
    last = None
    for name, module in network.named_modules():
        weight = getattr(module, "weight", None)
        if isinstance(weight, Tensor) and weight.ndim == 2 and not list(module.children()):
            last = name, module
    if last is None:
        raise UsageError(
            "the network has no dense layer at its end, whose inputs would be the features that domains share"
        )
    return last

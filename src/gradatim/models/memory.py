"""Whether a network fits in memory, asked before any of it is there."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from gradatim.checks import GradatimError
from gradatim.device import memory

DRAWN = 8  # bytes of a number that is drawn: float64


def refuse_too_large(network: nn.Module, dtype: torch.dtype) -> None:
    """GradatimError for a network on the device `meta` whose numbers, made in `dtype`, memory cannot hold.

        bytes = Σ_p bytes(p) + 8 · max_θ n_θ

    over all parameters and buffers p, and the numbers n_θ of the largest parameter once more, as it is drawn.
    """
    largest = max((p.numel() for p in network.parameters()), default=0)
    needed = _bytes([*network.parameters(), *network.buffers()], dtype) + DRAWN * largest
    _compare(network, needed, memory(), "")


def refuse_untrainable(
    network: nn.Module, dtype: torch.dtype, optimizer: object, kept: int, device: torch.device
) -> None:
    """GradatimError for a network that does not fit on a device with gradients and the optimizer's state.

        bytes = Σ_p bytes(p) + (1 + k) Σ_θ bytes(θ)

    over all parameters and buffers p in `dtype` and those θ that learn; `kept` is k, the numbers that the
    optimizer keeps for each of them.
    """
    learned = _bytes((p for p in network.parameters() if p.requires_grad), dtype)
    needed = _bytes([*network.parameters(), *network.buffers()], dtype) + (1 + kept) * learned
    own = torch.cuda.get_device_properties(device).total_memory if device.type == "cuda" else memory()
    _compare(network, needed, own, f" with its gradients and the state of {optimizer}" if kept else
             " with its gradients")  # fmt: skip


def _bytes(parts: Iterable[Tensor], dtype: torch.dtype) -> int:
    """What tensors take in a precision; those whose shape the first batch decides are not counted yet."""
    known = [part for part in parts if not is_lazy(part)]
    return sum(p.numel() * (dtype if p.is_floating_point() else p.dtype).itemsize for p in known)


def _compare(network: nn.Module, needed: int, own: int | None, what: str) -> None:
    if own is not None and needed > own:
        parameters = sum(p.numel() for p in network.parameters() if not is_lazy(p))
        raise GradatimError(f"a network of {parameters:,} parameters does not fit in memory{what}")

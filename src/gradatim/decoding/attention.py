"""What a network attends to while it says a sequence that is given (curriculum E12)."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


def attention_weights(
    network: Any, values: "Tensor", lengths: "Tensor | None", y: "Tensor", symbols: int
) -> "Tensor | None":
    """The weights α (N, T, L) of every step of y (N, T), the right symbols before it being known.

    The network, in evaluation mode, is asked one step after the other as `beam_search` does, the first from
    the symbol K = `symbols`, so that every network with `advance` can be asked. None where it attends to
    nothing.
    """
    import torch

    found = []
    with torch.no_grad():
        memory, state = network.remember(values, lengths)
        said = torch.full_like(y[:, 0], symbols)
        for t in range(y.shape[1]):
            _, state = network.advance(said, memory, state)
            said = y[:, t]
            if "attention" not in state:
                return None
            found.append(state["attention"])
    return torch.stack(found, 1)

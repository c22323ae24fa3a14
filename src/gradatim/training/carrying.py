"""States that a network carries from one batch to the next, and their place in a checkpoint."""

from typing import Any

import torch
from torch import Tensor, nn

State = tuple[Tensor, ...]


class Carrying:
    """The parts of a network that have a `carried`: a tuple of tensors, or None for a start from zeros."""

    def __init__(self, model: nn.Module):
        self.modules: dict[str, Any] = {n: m for n, m in model.named_modules() if hasattr(m, "carried")}

    def take(self) -> dict[str, State | None]:
        """What each carries now."""
        return {name: module.carried for name, module in self.modules.items()}

    def put(self, states: dict[str, State | None] | None) -> None:
        """What each shall carry; None for nothing."""
        for name, module in self.modules.items():
            module.carried = None if states is None else states[name]

    def restart(self, batch: int) -> None:
        """Start one stream anew from zeros: in turn, a stream a batch.

        Otherwise a network meets a fresh state once an epoch and may come to rely on one that is old; a
        sample and a validation text begin in a fresh one. States are (…, streams, units).
        """
        for module in self.modules.values():
            if module.carried is not None:
                module.carried = tuple(part.clone() for part in module.carried)
                for part in module.carried:
                    part[..., batch % part.shape[-2], :] = 0

    def tensors(self) -> dict[str, Tensor]:
        """Copies for a checkpoint, "carried.MODULE.NUMBER"."""
        return {
            f"carried.{name}.{number}": part.detach().clone()
            for name, state in self.take().items()
            for number, part in enumerate(state or ())
        }

    def restore(self, tensors: dict[str, Tensor], device: torch.device) -> None:
        """Take back what `tensors` gave."""
        for name, module in self.modules.items():
            held = {k: v for k, v in tensors.items() if k.rpartition(".")[0] == f"carried.{name}"}
            parts = [held[f"carried.{name}.{number}"].clone().to(device) for number in range(len(held))]
            module.carried = tuple(parts) or None

"""Torch's global random state, which strangers' layers and loaders draw from."""

import torch
from torch import Tensor


def global_random_state(device: torch.device) -> dict[str, Tensor]:
    """The state of the CPU, and of the GPU in use."""
    state = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        state["cuda"] = torch.cuda.get_rng_state(device)
    return state


def set_global_random_state(state: dict[str, Tensor], device: torch.device) -> None:
    """Put it back."""
    torch.set_rng_state(state["cpu"])
    if "cuda" in state and device.type == "cuda":
        torch.cuda.set_rng_state(state["cuda"], device)

"""A network that reads one token after the other, as a step that `generate` can ask."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.decoding.generating import Step


def step_of(network: Any) -> Step:
    """(token, state) → (scores of what comes next (K,) in float64, state), of a torch network in evaluation.

    The network has `scores(x, state)` for x (T, N), such as `models.char_lm`; whatever it carries stays.
    Raises UsageError for another.
    """
    import torch

    if not hasattr(network, "scores"):
        raise UsageError(f"{type(network).__name__} has no scores(x, state) to sample from")
    device = next(network.parameters()).device

    def step(token: int, state: Any) -> tuple[np.ndarray, Any]:
        was = network.training
        network.eval()
        try:
            with torch.no_grad():
                scores, state = network.scores(torch.tensor([[token]], device=device), state)
        finally:
            network.train(was)
        return scores[0, 0].double().cpu().numpy(), state

    return step

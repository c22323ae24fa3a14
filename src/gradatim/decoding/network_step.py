"""A network that reads one thing after the other, as a step that a generator can ask."""

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

    return _step_of(network, lambda token, _: torch.tensor([[token]]))


def frame_step_of(network: Any) -> Step:
    """(frame (D,), state) → (scores of the next frame (K,) in float64, state), likewise.

    The network has `scores(x, state)` for x (N, T, D), such as `models.music_rnn`.
    """
    import torch

    return _step_of(network, lambda frame, dtype: torch.tensor(frame, dtype=dtype)[None, None])


def _step_of(network: Any, as_input: Any) -> Step:
    """A step that gives the network what `as_input` makes of a thing and the type of the weights."""
    import torch

    if not hasattr(network, "scores"):
        raise UsageError(f"{type(network).__name__} has no scores(x, state) to sample from")
    first = next(network.parameters())

    def step(thing: Any, state: Any) -> tuple[np.ndarray, Any]:
        was = network.training
        network.eval()
        try:
            with torch.no_grad():
                scores, state = network.scores(as_input(thing, first.dtype).to(first.device), state)
        finally:
            network.train(was)
        return scores[0, 0].double().cpu().numpy(), state

    return step

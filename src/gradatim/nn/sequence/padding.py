"""Sequences of different lengths in one batch: which steps count."""

import torch
from torch import Tensor

from gradatim.checks import UsageError, one_of


def mask_of(lengths: Tensor, steps: int, batch: int, padding: str, device: torch.device) -> Tensor:
    """True where a step belongs to its sequence: the first `lengths[n]` steps, or, padded "left", the last.

    Shapes: lengths (N,) whole numbers from 0 to T → (T, N).

    Raises UsageError for lengths that are not one whole number a sequence, negative or beyond T.

    >>> mask_of(torch.tensor([2, 0, 3]), 3, 3, "left", torch.device("cpu")).int().T.tolist()
    [[0, 1, 1], [0, 0, 0], [1, 1, 1]]
    """
    one_of("padding", padding, ("right", "left"))
    lengths = torch.as_tensor(lengths)
    if lengths.is_floating_point() or lengths.is_complex() or lengths.dtype is torch.bool:
        raise UsageError(f"lengths must be whole numbers; they are {lengths.dtype}")
    if lengths.shape != (batch,):
        raise UsageError(
            f"lengths must be one number for each of the {batch} sequences; their shape is "
            f"{tuple(lengths.shape)}"
        )
    wrong = ((lengths < 0) | (lengths > steps)).nonzero()
    if len(wrong):
        n = int(wrong[0])
        raise UsageError(f"sequence {n} cannot have length {int(lengths[n])}: the tensor has {steps} steps")
    lengths = lengths.to(device)
    t = torch.arange(steps, device=device)[:, None]
    return t < lengths if padding == "right" else t >= steps - lengths

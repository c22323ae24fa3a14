"""What autocast means to a recurrent pass: steps in the weights' precision, products outside them narrow."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence


def narrowed(device: str) -> torch.dtype | None:
    """The dtype of products outside the loop, bfloat16 under such an autocast.

    Sums over the steps stay in the weights' precision, as autocast keeps other sums; float16 is left alone,
    whose range the gradients of long sequences leave.
    """
    if torch.is_autocast_enabled(device) and torch.get_autocast_dtype(device) is torch.bfloat16:
        return torch.bfloat16
    return None


def widened(x: Any, module: nn.Module) -> Any:
    """Under autocast, what an earlier layer narrowed, in the precision of a module's weights.

    A tensor, a packed sequence, or tuples of them; anything else as it is.
    """
    if isinstance(x, tuple) and not isinstance(x, PackedSequence):
        return tuple(widened(each, module) for each in x)
    numbers = x.data if isinstance(x, PackedSequence) else x
    if not isinstance(numbers, Tensor) or numbers.dtype not in (torch.bfloat16, torch.float16):
        return x
    weights = next((p.dtype for p in module.parameters() if p.is_floating_point()), torch.float32)
    return x.to(weights) if torch.is_autocast_enabled(numbers.device.type) else x


@contextmanager
def as_it_is(device: str) -> Iterator[None]:
    """Without autocast, whatever is around."""
    if not torch.is_autocast_enabled(device):
        yield
        return
    with torch.autocast(device, enabled=False):
        yield

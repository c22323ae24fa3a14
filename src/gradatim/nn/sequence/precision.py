"""What autocast means to a recurrent pass: large products take narrow factors, and all else is wide."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from gradatim.nn.kernels.product import has_bfloat16


def narrow_dtype(device: str) -> torch.dtype | None:
    """What large products round their factors to: bfloat16 under such an autocast, where the device has it.

    Float16 is left alone, whose range the gradients of long sequences leave.
    """
    if device == "meta":  # which knows no autocast
        return None
    narrow = torch.is_autocast_enabled(device) and torch.get_autocast_dtype(device) is torch.bfloat16
    return torch.bfloat16 if narrow and has_bfloat16(device) else None


def widen(x: Any, module: nn.Module) -> Any:
    """Under autocast, what an earlier layer narrowed, in the precision of a module's weights.

    A tensor, a packed sequence, or tuples of them; anything else as it is.
    """
    if isinstance(x, tuple) and not isinstance(x, PackedSequence):
        return tuple(widen(each, module) for each in x)
    numbers = x.data if isinstance(x, PackedSequence) else x
    if not isinstance(numbers, Tensor) or numbers.dtype not in (torch.bfloat16, torch.float16):
        return x
    weights = next((p.dtype for p in module.parameters() if p.is_floating_point()), torch.float32)
    return x.to(weights) if torch.is_autocast_enabled(numbers.device.type) else x


def without_autocast(device: str) -> AbstractContextManager:
    """Where it is off, whatever is around."""
    if device == "meta":
        return nullcontext()
    return torch.autocast(device, enabled=False) if torch.is_autocast_enabled(device) else nullcontext()

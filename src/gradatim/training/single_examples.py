"""Batch normalisation and a batch of a single example, in torch."""

from typing import Any

import torch
from torch import nn

from gradatim.device import call, inputs_of
from gradatim.nn.batch_norm import BATCH_NORMS
from gradatim.training.random_state import global_random_state, set_global_random_state


class _Met(Exception):
    """A layer of batch normalisation got one number per channel."""


@torch.no_grad()
def layer_of_one_number(model: nn.Module, x: Any, precision: str) -> str:
    """The first layer that would normalise one number per channel if x alone were a batch; "" for none.

    It is asked in training mode, in which a forward pass may be another, and the network is left as it was.
    """
    norms = [(name, module) for name, module in model.named_modules() if isinstance(module, BATCH_NORMS)]
    if not norms:
        return ""
    was = [(module, module.training) for module in model.modules()]
    buffers = [(buffer, buffer.clone()) for buffer in model.buffers()]
    device = inputs_of(x)[0].device
    random_state = global_random_state(device)
    handles = [_watch(name, module) for name, module in norms]
    model.train()
    try:
        call(model, x, precision)
    except _Met as met:
        return str(met)
    finally:
        for handle in handles:
            handle.remove()
        for module, training in was:
            module.training = training
        for buffer, before in buffers:
            buffer.copy_(before)
        set_global_random_state(random_state, device)
    return ""


def _watch(name: str, norm: nn.Module) -> Any:
    """Raise _Met in front of the layer when its input is one number per channel."""

    def hook(_module: nn.Module, inputs: tuple) -> None:
        if norm.training and inputs[0].ndim > 1 and inputs[0].numel() == inputs[0].shape[1]:
            raise _Met(f"{name} ({type(norm).__name__})")

    return norm.register_forward_pre_hook(hook)

"""A torch network's outputs for prepared examples of any layout, batch by batch."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from gradatim.device import call, evaluating
from gradatim.training.batches.layout import BatchSettings, lay_out
from gradatim.training.carrying import Carrying
from gradatim.training.engines.torch_engine import LAYOUTS


def outputs_by_batch(network: nn.Module, prepared: Any, precision: str) -> Iterator[tuple[Any, Tensor]]:
    """The outputs of each batch and its targets, in order and in evaluation mode; of a text one stream.

    A state that is carried begins anew, and what was carried before comes back.
    """
    first = next(network.parameters())
    held = lay_out(
        prepared, BatchSettings(1, 0, first.device, first.dtype, network=network), LAYOUTS, "the torch engine"
    )
    carrying = Carrying(network)
    before = carrying.take()
    carrying.put(None)
    try:
        with evaluating(network), torch.no_grad():
            for x, y, _ in held.in_order():
                yield call(network, x, precision), y
    finally:
        carrying.put(before)

"""Batch norms that normalise by a batch without remembering it."""

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn

from gradatim.nn.batch_norm import BATCH_NORMS


@contextmanager
def unmoved_norms(network: nn.Module) -> Iterator[None]:
    """While it lasts, batch norms in training normalise by their batch, and their running numbers stay.

    >>> import torch
    >>> from gradatim.nn.batch_norm import BatchNorm
    >>> norm = BatchNorm(1)
    >>> with unmoved_norms(norm):
    ...     _ = norm(torch.tensor([[1.0], [3.0]]))
    >>> norm.running_mean.item(), norm.momentum
    (0.0, 0.1)
    """
    norms = [one for one in network.modules() if isinstance(one, BATCH_NORMS)]
    before = [one.momentum for one in norms]
    for one in norms:
        one.momentum = 0.0
    try:
        yield
    finally:
        for one, momentum in zip(norms, before, strict=True):
            one.momentum = momentum
            if momentum is None and one.num_batches_tracked is not None:
                one.num_batches_tracked -= 1  # the running numbers are means over as many batches

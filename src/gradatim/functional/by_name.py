"""Losses as functions: huber(a, y) is the mean over the batch."""

import inspect
from collections.abc import Callable
from typing import Any

from torch import Tensor

from gradatim import catalog


def loss_function(name: str) -> Callable[..., Tensor]:
    """The mean of a loss of the catalogue, as a function of outputs a, targets y and weights w.

        L = Σ w_n l(a_n, y_n) / Σ w_n

    Shapes: a (N, …), y (N, …), w (N,) or None; L is one number. Raises UsageError for an unknown name.

    >>> import torch
    >>> float(loss_function("huber")(torch.tensor([[3.0]]), torch.tensor([0.0]), delta=2.0))
    4.0
    """
    loss = catalog.find(name, "loss").load()

    def mean(a: Tensor, y: Tensor, w: Tensor | None = None, **settings: Any) -> Tensor:
        return loss(**settings).mean(a, y, w)

    mean.__name__ = mean.__qualname__ = name
    mean.__module__, mean.__doc__ = loss.__module__, loss.__doc__
    own = inspect.signature(loss).parameters.values()
    first = list(inspect.signature(mean).parameters.values())[:3]
    more = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own]
    mean.__signature__ = inspect.Signature([*first, *more], return_annotation=Tensor)  # type: ignore[attr-defined]
    return mean

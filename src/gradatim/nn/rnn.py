"""The recurrent network of Elman."""

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import torch.nn.functional as F
from torch import Tensor

from gradatim import catalog
from gradatim.nn.sequence.loop import State
from gradatim.nn.sequence.torch_weights import OneBias


class RNN(OneBias):
    """Recurrent network (Elman 1990; curriculum E1).

        h_t = g(W_ih x_t + W_hh h_{t−1} + b)

    g is `nonlinearity`, an activation of the catalogue. Everything else as `Layers` says; parameters
    weight_ih_l0 (H, D), weight_hh_l0 (H, H), bias_l0 (H,), and so on for each layer and direction.

    >>> import torch
    >>> out, h = RNN(3, 5)(torch.zeros(7, 2, 3))
    >>> tuple(out.shape), tuple(h.shape)
    ((7, 2, 5), (1, 2, 5))
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
        bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *,
        variational_dropout: float = 0.0, zoneout: float | Sequence[float] = 0.0,
    ):  # fmt: skip
        self_function: Callable[[Tensor], Tensor] = catalog.find(nonlinearity, "activation").load()
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            variational_dropout=variational_dropout, zoneout=zoneout,
        )  # fmt: skip
        self.nonlinearity, self.g = nonlinearity, self_function

    def shapes(self, width: int) -> dict[str, tuple[int, ...]]:
        """W_ih, W_hh and b."""
        h = self.hidden_size
        return {"weight_ih": (h, width), "weight_hh": (h, h), **({"bias": (h,)} if self.bias else {})}

    @property
    def signature(self) -> tuple[Hashable, ...]:
        """What `step` depends on besides its arguments."""
        return (*super().signature, self.nonlinearity)

    def step(self, p: Any, x: Tensor, *state: Tensor) -> State:
        """One step."""
        (h,) = state
        return (self.g(F.linear(x, p.weight_ih, p.bias if self.bias else None) + F.linear(h, p.weight_hh)),)

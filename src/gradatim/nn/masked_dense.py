"""The partially connected layer."""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, plain_numbers
from gradatim.nn.dense import Dense


class MaskedDense(Dense):
    """Partially connected layer (curriculum B4): a dense layer of which only some connections exist.

        y = (W ⊙ M) x + b,   M_ji = 1 where input i reaches unit j, otherwise 0

    Shapes: x (N, …, in_features) → (N, …, out_features); M (out_features, in_features), as nested lists or an
    array. The initialiser counts all inputs, not the connected ones.

    Raises UsageError for a mask that is not one 0 or 1 for each connection.

    >>> layer = MaskedDense([[1, 0, 0], [0, 1, 1]])
    >>> (layer.weight != 0).tolist()
    [[True, False, False], [False, True, True]]
    """

    mask: Tensor

    def __init__(self, mask: Any, bias: bool = True, init: str = "he_uniform"):
        try:
            M = np.asarray(plain_numbers(mask), dtype=float)
        except (TypeError, ValueError):
            M = np.zeros(0)
        if M.ndim != 2 or not np.isin(M, (0, 1)).all():
            raise UsageError("mask must be rows of 0 and 1, a row for each unit and a column for each input")
        self._connections = M  # the buffer is of the device that the layer is made on
        super().__init__(M.shape[1], M.shape[0], bias, init)

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw W by (seed, name), 0 where there is no connection, and set b to 0."""
        super().draw_parameters(seed, prefix)
        mask = torch.as_tensor(self._connections, dtype=self.weight.dtype, device=self.weight.device)
        self.register_buffer("mask", mask, persistent=False)
        self.weight.mul_(mask)

    def forward(self, x: Tensor) -> Tensor:
        """(W ⊙ M) x + b."""
        if x.shape[-1:] != (self.in_features,):
            shape = tuple(x.shape[1:])
            raise UsageError(f"a dense layer of {self.in_features} inputs got examples of shape {shape}")
        return F.linear(x, self.weight * self.mask, self.bias)

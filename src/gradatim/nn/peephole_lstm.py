"""The LSTM whose gates see the memory."""

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from gradatim.nn.lstm import LSTM
from gradatim.nn.sequence.bounds import clip
from gradatim.nn.sequence.loop import State


class PeepholeLSTM(LSTM):
    """LSTM with peepholes (Gers, Schraudolph & Schmidhuber 2002; curriculum E5).

        i, f = σ_g(W x_t + U h_{t−1} + b + p ⊙ c_{t−1})
        g    = σ_h(W x_t + U h_{t−1} + b)
        c_t  = f ⊙ c_{t−1} + i ⊙ g
        o    = σ_g(W x_t + U h_{t−1} + b + p ⊙ c_t)
        h_t  = o ⊙ σ_h(c_t)

    The peepholes p of i, f and o are peep_l0 (3H,), which starts at 0; everything else is `LSTM`.

    >>> import torch
    >>> layer = PeepholeLSTM(3, 5)
    >>> tuple(layer.peep_l0.shape), tuple(layer(torch.zeros(7, 2, 3))[0].shape)
    ((15,), (7, 2, 5))
    """

    torch_has_it = False

    def shapes(self, width: int) -> dict[str, tuple[int, ...]]:
        """An LSTM's, and the peepholes."""
        return {**super().shapes(width), "peep": (3 * self.hidden_size,)}

    def step(self, p: Any, x: Tensor, *state: Tensor) -> State:
        """One step."""
        h, c = state
        pre = F.linear(x, p.weight_ih, p.bias if self.bias else None) + F.linear(h, p.weight_hh)
        i, f, g, o = pre.chunk(4, -1)
        peep_i, peep_f, peep_o = p.peep.chunk(3)
        i, f = self.sigma_g(i + peep_i * c), self.sigma_g(f + peep_f * c)
        c = clip(f * c + i * self.sigma_h(g), self.cell_clip)
        return self.output(p, self.sigma_g(o + peep_o * c) * self.sigma_h(c)), c

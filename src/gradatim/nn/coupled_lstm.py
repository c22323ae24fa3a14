"""The LSTM whose input and forget gates are one."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.nn.lstm import LSTM
from gradatim.nn.sequence.bounds import clip
from gradatim.nn.sequence.layers import Layers
from gradatim.nn.sequence.loop import State


class CoupledLSTM(LSTM):
    """LSTM with coupled input and forget gates, CIFG (Greff et al. 2017; curriculum E5).

        i, o = σ_g(W x_t + U h_{t−1} + b)
        g    = σ_h(W x_t + U h_{t−1} + b)
        c_t  = (1 − i) ⊙ c_{t−1} + i ⊙ g            what is written takes the place of what was there
        h_t  = o ⊙ σ_h(c_t)

    A quarter fewer parameters: the rows of W, U and b are i, g, o. b starts at 0, and at −1 for i, so that a
    new network remembers; everything else is `LSTM`.

    >>> layer = CoupledLSTM(3, 5)
    >>> tuple(layer.weight_ih_l0.shape), tuple(layer(torch.zeros(7, 2, 3))[0].shape)
    ((15, 3), (7, 2, 5))
    """

    torch_has_it = False

    def shapes(self, width: int) -> dict[str, tuple[int, ...]]:
        """An LSTM's, of three parts."""
        h = self.hidden_size
        return {
            name: (3 * h, *shape[1:]) if shape[0] == 4 * h else shape
            for name, shape in super().shapes(width).items()
        }

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """As `Layers`; then the input gates' bias is −1."""
        Layers.draw_parameters(self, seed, prefix)
        for name, parameter in self.named_parameters():
            if name.startswith("bias_l") and not parameter.is_meta:
                nn.init.constant_(parameter[: self.hidden_size], -1.0)

    def step(self, p: Any, x: Tensor, *state: Tensor) -> State:
        """One step."""
        h, c = state
        pre = F.linear(x, p.weight_ih, p.bias if self.bias else None) + F.linear(h, p.weight_hh)
        i, g, o = pre.chunk(3, -1)
        i = self.sigma_g(i)
        c = clip((1 - i) * c + i * self.sigma_h(g), self.cell_clip)
        return self.output(p, self.sigma_g(o) * self.sigma_h(c)), c

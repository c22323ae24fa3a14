"""The LSTM with layer normalisation."""

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from gradatim.nn.lstm import LSTM
from gradatim.nn.sequence.bounds import clip
from gradatim.nn.sequence.loop import State

EPS = 1e-5


class LayerNormLSTM(LSTM):
    """LSTM with layer normalisation (Ba, Kiros & Hinton 2016, eqs. 20–22; curriculum E5).

        i, f, g, o = LN(W x_t; α₁) + LN(U h_{t−1}; α₂) + b        before their activations
        c_t = σ_g(f) ⊙ c_{t−1} + σ_g(i) ⊙ σ_h(g)
        h_t = σ_g(o) ⊙ σ_h(LN(c_t; α₃) + β₃)
        LN(z; α) = α ⊙ (z − mean z)/√(var z + ε),   ε = 10⁻⁵

    The paper's shifts β₁ and β₂ are in b. The gains α₁, α₂ = gain_ih_l0, gain_hh_l0 (4H,) and α₃ = gain_c_l0
    (H,) start at 1, β₃ = bias_c_l0 at 0; everything else is `LSTM`.

    >>> import torch
    >>> out, (h, c) = LayerNormLSTM(3, 5)(torch.zeros(7, 2, 3))
    >>> tuple(out.shape), tuple(c.shape)
    ((7, 2, 5), (1, 2, 5))
    """

    torch_has_it = False

    def shapes(self, width: int) -> dict[str, tuple[int, ...]]:
        """An LSTM's, the gains, and the shift of the memory's norm."""
        h = self.hidden_size
        shift = {"bias_c": (h,)} if self.bias else {}
        return {**super().shapes(width), "gain_ih": (4 * h,), "gain_hh": (4 * h,), "gain_c": (h,), **shift}

    def step(self, p: Any, x: Tensor, *state: Tensor) -> State:
        """One step."""
        h, c = state
        size = (self.hidden_size,)
        wx = F.layer_norm(
            F.linear(x, p.weight_ih), p.gain_ih.shape, p.gain_ih, p.bias if self.bias else None, EPS
        )
        uh = F.layer_norm(F.linear(h, p.weight_hh), p.gain_hh.shape, p.gain_hh, None, EPS)
        i, f, g, o = (wx + uh).chunk(4, -1)
        c = clip(self.sigma_g(f) * c + self.sigma_g(i) * self.sigma_h(g), self.cell_clip)
        normed = F.layer_norm(c, size, p.gain_c, p.bias_c if self.bias else None, EPS)
        return self.output(p, self.sigma_g(o) * self.sigma_h(normed)), c

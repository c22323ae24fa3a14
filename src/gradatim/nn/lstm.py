"""The long short-term memory."""

from collections.abc import Hashable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim import catalog
from gradatim.nn.sequence.bounds import clip, limit
from gradatim.nn.sequence.loop import State
from gradatim.nn.sequence.torch_weights import OneBias


class LSTM(OneBias):
    """Long short-term memory (Hochreiter & Schmidhuber 1997; forget gate Gers et al. 2000; curriculum E5).

        i, f, o = σ_g(W x_t + U h_{t−1} + b)        input, forget and output gates
        g       = σ_h(W x_t + U h_{t−1} + b)        candidate memory
        c_t     = f ⊙ c_{t−1} + i ⊙ g
        h_t     = o ⊙ σ_h(c_t)                      with proj_size: W_hr (o ⊙ σ_h(c_t)) (Sak et al. 2014)

    σ_g is `gate_activation` and σ_h `activation`, activations of the catalogue. The rows of W = weight_ih_l0,
    U = weight_hh_l0 and b = bias_l0 are i, f, g, o; b starts at 0, and at 1 for the forget gates. With
    `cell_clip` κ every c_t is put between −κ and κ before anything reads it, with `hidden_clip` every h_t,
    behind the projection. The rest as `Layers` says; the state is (h, c). Raises UsageError for a bound that
    is not above 0.

    >>> layer = LSTM(1, 1, bias=False)
    >>> layer = layer.requires_grad_(False)
    >>> for p in layer.parameters(): _ = p.fill_(1)
    >>> out, (h, c) = layer(torch.tensor([[[1.0]], [[0.0]]]))
    >>> [round(v, 4) for v in (out[0].item(), h.item(), c.item())]
    [0.3696, 0.2908, 0.5384]
    """

    state_names = ("h", "c")

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, proj_size: int = 0, *,
        variational_dropout: float = 0.0, zoneout: float | Sequence[float] = 0.0,
        gate_activation: str = "sigmoid", activation: str = "tanh",
        cell_clip: float | None = None, hidden_clip: float | None = None,
    ):  # fmt: skip
        sigma = [catalog.find(name, "activation").load() for name in (gate_activation, activation)]
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size,
            variational_dropout=variational_dropout, zoneout=zoneout,
        )  # fmt: skip
        self.gate_activation, self.activation = gate_activation, activation
        self.sigma_g, self.sigma_h = sigma
        self.cell_clip, self.hidden_clip = limit("cell_clip", cell_clip), limit("hidden_clip", hidden_clip)

    def shapes(self, width: int) -> dict[str, tuple[int, ...]]:
        """W, U, b, and W_hr with a projection."""
        h, r = self.hidden_size, self.widths[0]
        bias = {"bias": (4 * h,)} if self.bias else {}
        return {
            "weight_ih": (4 * h, width), "weight_hh": (4 * h, r), **bias,
            **({"weight_hr": (r, h)} if self.proj_size else {}),
        }  # fmt: skip

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """As `Layers`; then the forget gates' bias is 1."""
        super().draw_parameters(seed, prefix)
        for name, parameter in self.named_parameters():
            if name.startswith("bias_l") and not parameter.is_meta:
                nn.init.ones_(parameter[self.hidden_size : 2 * self.hidden_size])

    @property
    def signature(self) -> tuple[Hashable, ...]:
        """What `step` depends on besides its arguments."""
        clips = (self.cell_clip, self.hidden_clip)
        return (*super().signature, self.gate_activation, self.activation, *clips)

    def step(self, p: Any, x: Tensor, *state: Tensor) -> State:
        """One step."""
        h, c = state
        pre = F.linear(x, p.weight_ih, p.bias if self.bias else None) + F.linear(h, p.weight_hh)
        i, f, g, o = pre.chunk(4, -1)
        c = clip(self.sigma_g(f) * c + self.sigma_g(i) * self.sigma_h(g), self.cell_clip)
        return self.output(p, self.sigma_g(o) * self.sigma_h(c)), c

    def output(self, p: Any, h: Tensor) -> Tensor:
        """h_t, projected and clipped where that is asked for."""
        return clip(F.linear(h, p.weight_hr) if self.proj_size else h, self.hidden_clip)

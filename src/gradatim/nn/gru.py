"""The gated recurrent unit, in the course's form and in torch's."""

from collections.abc import Hashable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gradatim.checks import UsageError, one_of
from gradatim.nn.sequence.loop import State
from gradatim.nn.sequence.torch_weights import OneBias


class GRU(OneBias):
    """Gated recurrent unit (Cho et al. 2014; curriculum E6), with the reset after or before the product.

        r, z = σ(W x_t + U h_{t−1} + b)

        reset="after" (torch, cuDNN)                      reset="before" (Cho et al., the course)
        n   = tanh(W_n x_t + b_n                          n   = tanh(W_n x_t + b_n
                   + r ⊙ (U_n h_{t−1} + b_hn))                       + U_n (r ⊙ h_{t−1}))
        h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}                   h_t = (1 − z) ⊙ h_{t−1} + z ⊙ n

    The rows of weight_ih_l0 (3H, D), weight_hh_l0 (3H, H) and bias_l0 (3H,) are r, z, n; b_hn is bias_hn_l0
    (H,) and exists only with reset="after". With reset="before" z weighs the candidate, so torch's z is its
    complement: loading torch's weights is refused (without biases they look the same, and are not). The rest
    as `Layers` says.

    >>> out, h = GRU(3, 5, reset="before")(torch.zeros(7, 2, 3))
    >>> tuple(out.shape), tuple(h.shape)
    ((7, 2, 5), (1, 2, 5))
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, bias: bool = True,
        batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *,
        reset: str = "after", variational_dropout: float = 0.0, zoneout: float | Sequence[float] = 0.0,
    ):  # fmt: skip
        self.reset = one_of("reset", reset, ("after", "before"))
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            variational_dropout=variational_dropout, zoneout=zoneout,
        )  # fmt: skip

    def shapes(self, width: int) -> dict[str, tuple[int, ...]]:
        """W, U, b, and b_hn where the reset comes after the product."""
        h = self.hidden_size
        bias = {"bias": (3 * h,), **({"bias_hn": (h,)} if self.reset == "after" else {})} if self.bias else {}
        return {"weight_ih": (3 * h, width), "weight_hh": (3 * h, h), **bias}

    @property
    def signature(self) -> tuple[Hashable, ...]:
        """What `step` depends on besides its arguments."""
        return (*super().signature, self.reset)

    def step(self, p: Any, x: Tensor, *state: Tensor) -> State:
        """One step."""
        return self._next(p, x, state[0], state[0])

    def masked_step(self, p: Any, mask: Tensor, x: Tensor, *state: Tensor) -> State:
        """One step whose products read h_{t−1} ⊙ mask; z mixes the candidate with h_{t−1} as it is."""
        return self._next(p, x, state[0], state[0] * mask)

    def _next(self, p: Any, x: Tensor, h: Tensor, seen: Tensor) -> State:
        """h_t from h_{t−1}, and from what the products see of it."""
        wx = F.linear(x, p.weight_ih, p.bias if self.bias else None)
        return ((self._after if self.reset == "after" else self._before)(p, wx, h, seen),)

    def _after(self, p: Any, wx: Tensor, h: Tensor, seen: Tensor) -> Tensor:
        xr, xz, xn = wx.chunk(3, -1)
        hr, hz, hn = F.linear(seen, p.weight_hh).chunk(3, -1)
        r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
        n = torch.tanh(xn + r * (hn + p.bias_hn if self.bias else hn))
        return n + z * (h - n)

    def _before(self, p: Any, wx: Tensor, h: Tensor, seen: Tensor) -> Tensor:
        size = 2 * self.hidden_size
        r, z = torch.sigmoid(wx[:, :size] + F.linear(seen, p.weight_hh[:size])).chunk(2, -1)
        n = torch.tanh(wx[:, size:] + F.linear(r * seen, p.weight_hh[size:]))
        return h + z * (n - h)

    def from_two_biases(self, ih: Tensor, hh: Tensor) -> dict[str, Tensor]:
        """The candidate's two biases stand on both sides of the reset, and stay two."""
        if self.reset == "before":
            raise UsageError(
                'torch\'s GRU weights do not fit reset="before": there z weighs the candidate and the reset '
                'comes before the product; load them into GRU(reset="after")'
            )
        size = 2 * self.hidden_size
        return {"bias": torch.cat([ih[:size] + hh[:size], ih[size:]]), "bias_hn": hh[size:].clone()}

    def to_two_biases(self, end: str) -> tuple[Tensor, Tensor]:
        """Torch's bias_ih, and bias_hh: 0 but for the candidate's."""
        if self.reset == "before":
            raise UsageError(
                'torch has no GRU with reset="before", where z weighs the candidate and the reset comes '
                "before the product"
            )
        ih, hn = getattr(self, f"bias{end}"), getattr(self, f"bias_hn{end}")
        return ih.detach().clone(), torch.cat([torch.zeros_like(ih[hn.numel() :]), hn.detach()])

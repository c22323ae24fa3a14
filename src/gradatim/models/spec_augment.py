"""Noise on recordings: other voices, other speeds, and gaps, as no two people say a word alike."""

import torch
from torch import Tensor

from gradatim.checks import real
from gradatim.nn.placed import Placed

WARP, SHIFT = 0.1, 2.0  # of the bands: a vocal tract longer or shorter by a tenth, and two bands of 40
SPEED = 0.25
TONE = 0.5  # deviations that a microphone adds to the lowest bands or the highest
GAPS, BANDS, STEPS = 2, 0.2, 0.2  # gaps in pitch, their largest share of the bands, and one in time


class SpecAugment(Placed):
    """Recordings as another voice would say them, with gaps, while training (Park et al. 2019; Jaitly &
    Hinton 2013).

        x̃_tm = x(a t, b m + c), interpolated          a ∈ 1 ± ¼ s,  b ∈ 1 ± s/10,  c ∈ ± 2 s/40 of the bands
        x̃_tm = x̃_tm + d μ + e cos πμ + f/2 sin 2πμ    d, e, f ∈ ± s/2,  μ from −1 at the lowest band to 1
        x̃_tm = 0 in two gaps of up to s/5 of the bands, and in one of up to s/5 of the steps

    each number drawn evenly once a recording; s is `amount`. Evaluation: x̃ = x. 0 is the mean of what was
    standardised. The draws are functions of (seed, layer, step, element), see `Placed`.

    Shapes: x (N, T, M), 0 at padding, and lengths (N,) → x̃ (N, T′, M), 0 at padding, and its lengths.

    >>> layer = SpecAugment(1.0)
    >>> x, lengths = layer(torch.ones(2, 20, 8), torch.tensor([20, 10]))
    >>> x.shape[0], x.shape[2], bool((x[1, lengths[1] :] == 0).all())
    (2, 8, True)
    """

    def __init__(self, amount: float = 1.0):
        super().__init__()
        self.amount = real("amount", amount, at_least=0)

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Other recordings, and how long they are."""
        if not self.training or self.amount == 0:
            return x, lengths
        draws = self.numbers(x.new_zeros(len(x), 6 + 2 * GAPS + 2, dtype=torch.float64))
        around = self.amount * (2 * draws[:, :6] - 1)  # (N, 6) in ± s
        x, lengths = _stretched(x, lengths, 1 + SPEED * around[:, 0])
        x = _warped(x, 1 + WARP * around[:, 1], SHIFT / 40 * x.shape[2] * around[:, 2])
        x = x + _tone(TONE * around[:, 3:], x.shape[2]).to(x.dtype)[:, None]
        gaps = draws[:, 6:].unflatten(1, (-1, 2))  # width and place
        whole = torch.full_like(lengths, x.shape[2])
        for gap in range(GAPS):
            x = x.masked_fill(_gap(gaps[:, gap], self.amount * BANDS, whole, x.shape[2])[:, None], 0.0)
        silent = _gap(gaps[:, GAPS], self.amount * STEPS, lengths, x.shape[1])
        behind = torch.arange(x.shape[1], device=x.device) >= lengths.to(x.device)[:, None]
        return x.masked_fill((silent | behind)[..., None], 0.0), lengths

    def extra_repr(self) -> str:
        """The amount s."""
        return f"amount={self.amount:g}"


def _stretched(x: Tensor, lengths: Tensor, a: Tensor) -> tuple[Tensor, Tensor]:
    """Each recording in a times as many steps, its first and last where they were."""
    longer = (lengths * a.to(lengths.device)).round().long().clamp_min(1)
    t = torch.arange(int(longer.max()), device=x.device, dtype=torch.float64)
    ratio = (lengths - 1) / (longer - 1).clamp_min(1)
    places = torch.minimum(t * ratio.to(x.device)[:, None], (lengths - 1).to(x.device)[:, None])
    return _between(x, places, 1), longer


def _warped(x: Tensor, b: Tensor, c: Tensor) -> Tensor:
    """Each recording's bands read at b m + c."""
    m = torch.arange(x.shape[2], device=x.device)
    return _between(x, (b[:, None] * m + c[:, None]).clamp(0, x.shape[2] - 1), 2)


def _tone(amounts: Tensor, bands: int) -> Tensor:
    """What another microphone adds to each band, smooth over them: amounts (N, 3) → (N, bands)."""
    m = torch.linspace(-1, 1, bands, device=amounts.device, dtype=amounts.dtype)
    shapes = torch.stack([m, torch.cos(torch.pi * m), torch.sin(2 * torch.pi * m) / 2])
    return amounts @ shapes


def _between(x: Tensor, places: Tensor, axis: int) -> Tensor:
    """X read between its numbers along an axis: places (N, P)."""
    low = places.floor().long()
    high = (low + 1).clamp_max(x.shape[axis] - 1)
    share = (places - low).to(x.dtype)
    shape = [len(x), 1, 1]
    shape[axis] = -1
    wide = [len(x), x.shape[1], x.shape[2]]
    wide[axis] = places.shape[1]
    at = [x.gather(axis, i.reshape(shape).expand(wide)) for i in (low, high)]
    return at[0] + share.reshape(shape) * (at[1] - at[0])


def _gap(drawn: Tensor, share: float, sizes: Tensor, size: int) -> Tensor:
    """Which of `size` places (N, size) lie in a gap of up to a share of each of the `sizes` (N,)."""
    sizes = sizes.to(drawn.device)
    width = (drawn[:, 0] * (share * sizes + 1)).floor()
    start = (drawn[:, 1] * (sizes - width + 1)).floor()
    places = torch.arange(size, device=drawn.device)
    return (places >= start[:, None]) & (places < (start + width)[:, None])

"""Where a step stands in its sequence, told to a network that reads all steps alike."""

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, one_of
from gradatim.nn.vectors import Vectors

BASE = 10_000.0  # of the wavelengths, from 2π to 2π · 10,000
POSITIONS = ("sinusoidal", "learned", "rotary")


def sinusoidal(places: Tensor, width: int) -> Tensor:
    """Sines and cosines of a place, at wavelengths from 2π up (Vaswani et al. 2017, section 3.5).

        e_{2i} = sin(t/10000^(2i/D)),   e_{2i+1} = cos(t/10000^(2i/D))

    Shapes: places t (T,) → (T, D), of `width` D, in float64.

    >>> sinusoidal(torch.tensor([0, 1]), 4).round(decimals=4).tolist()
    [[0.0, 1.0, 0.0, 1.0], [0.8415, 0.5403, 0.01, 1.0]]
    """
    a = _angles(places, width)
    return torch.stack([a.sin(), a.cos()], -1).flatten(1)[:, :width]


def rotate(x: Tensor, places: Tensor, heads: int = 1) -> Tensor:
    """Queries or keys turned by angles that grow with their place (Su et al. 2021, eq. 34): rotary positions.

        (x_i, x_{i+d/2}) ← (x_i cos a − x_{i+d/2} sin a,  x_i sin a + x_{i+d/2} cos a),   a = t/10000^(2i/d)

    The product of a query and a key then depends on how far apart they stand, not on where. An odd last
    number of a head stays.

    Shapes: x (N, T, D) of `heads` heads of d = D/heads numbers, places t (T,) → the same.

    >>> x = torch.tensor([[[1.0, 0.0], [1.0, 0.0]]])
    >>> [[round(one, 4) for one in place] for place in rotate(x, torch.tensor([0, 1]))[0].tolist()]
    [[1.0, 0.0], [0.5403, 0.8415]]
    """
    d = x.shape[-1] // heads
    half = d // 2
    a = _angles(places, 2 * half)
    cos, sin = (part.to(x.dtype)[:, None] for part in (a.cos(), a.sin()))  # (T, 1, d/2)
    first, second, rest = x.unflatten(2, (heads, d)).split([half, half, d - 2 * half], -1)
    return torch.cat([first * cos - second * sin, first * sin + second * cos, rest], -1).flatten(2)


def _angles(places: Tensor, width: int) -> Tensor:
    """t/10000^(2i/D) for every i (T, ⌈D/2⌉)."""
    i = torch.arange(0, width, 2, dtype=torch.float64, device=places.device)
    return places.double()[:, None] * BASE ** (-i / max(width, 1))


class Positions(nn.Module):
    """What tells a step's place: a vector that is added to it, or a turn of queries and keys.

    `kind` is sinusoidal, learned (`count` vectors, drawn with deviation `std`) or rotary. Raises UsageError
    for another, and for places beyond `count` that were to be learned.
    """

    def __init__(self, kind: str, size: int, count: int, std: float = 0.1):
        super().__init__()
        self.kind, self.count = one_of("positions", kind, POSITIONS), count
        self.vectors = Vectors(count, size, std) if kind == "learned" else None

    def add(self, h: Tensor, places: Tensor) -> Tensor:
        """Steps h (N, T, D) with the vectors of places (T,), where places have vectors."""
        if self.kind == "rotary":
            return h
        if self.vectors is None:
            return h + sinusoidal(places, h.shape[2]).to(h.dtype)
        if len(places) and int(places[-1]) >= self.count:
            raise UsageError(
                f"a sequence of {int(places[-1]) + 1} steps or more is longer than the {self.count} "
                "positions that are learned: give the network more, or sinusoidal or rotary positions"
            )
        return h + self.vectors(places)

    def turn(self, q: Tensor, k: Tensor, heads: int) -> tuple[Tensor, Tensor]:
        """Queries and keys, turned where positions are rotary; the queries are those of the last steps."""
        if self.kind != "rotary":
            return q, k
        places = torch.arange(k.shape[1], device=k.device)
        return rotate(q, places[k.shape[1] - q.shape[1] :], heads), rotate(k, places, heads)

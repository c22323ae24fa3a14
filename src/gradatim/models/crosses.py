"""Products of categories: crossed columns."""

from collections.abc import Sequence
from math import prod

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, plain_numbers, shown, whole
from gradatim.nn.initialise import draw

MOST_CELLS = 1_000_000  # of one cross
SIGNS = 3  # −1, 0 and 1


class Crosses(nn.Module):
    """Cross-product features and their weights (Cheng et al. 2016, eq. 1).

        y = Σ_k W φ_k(x),   φ_k(x) = onehot(x_a) ⊗ onehot(x_b) ⊗ …   of the columns a, b, … of cross k

    Shapes: x (N, in_features) → (N, out_features); W (Σ_k cells of k, out_features).

    `crosses` holds for each cross its columns [start, stop], each a one-hot category; of a column that is one
    number, the sign counts. A row whose category is none of the columns adds nothing to that cross. φ is
    looked up, never written out. W starts at zero: a combination that training never held adds nothing.

    Raises UsageError for columns outside, fewer than two in a cross, and more than a million combinations.

    >>> layer = Crosses(4, 1, [[[0, 2], [2, 4]]])
    >>> with torch.no_grad():
    ...     _ = layer.weight.copy_(torch.arange(4.0)[:, None])
    >>> layer(torch.tensor([[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 0.0, 0.0]])).tolist()
    [[3.0], [0.0]]
    """

    def __init__(self, in_features: int, out_features: int, crosses: Sequence[Sequence[Sequence[int]]]):
        super().__init__()
        self.in_features = whole("in_features", in_features, 1)
        self.out_features = whole("out_features", out_features, 1)
        self.crosses = check_crosses(crosses, self.in_features)
        cells = sum(cells_of(cross) for cross in self.crosses)
        self.weight = nn.Parameter(torch.empty(cells, self.out_features))
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Every weight is 0."""
        draw(self.weight, "zeros", seed, f"{prefix}weight")

    def forward(self, x: Tensor) -> Tensor:
        """The weights of each row's combinations, summed."""
        if x.ndim != 2 or x.shape[1] != self.in_features:
            shape = tuple(x.shape[1:])
            raise UsageError(f"crosses of {self.in_features} inputs got examples of shape {shape}")
        rows, there = self.cells(x)
        return F.embedding_bag(rows, self.weight, mode="sum", per_sample_weights=there.to(self.weight.dtype))

    def cells(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Which row of W each cross of each example has, and whether it has one, both (N, crosses)."""
        rows, there, first = [], [], 0
        for cross in self.crosses:
            row = torch.zeros(len(x), dtype=torch.long, device=x.device)
            known = torch.ones(len(x), dtype=torch.bool, device=x.device)
            for start, stop in cross:
                code, is_there = _codes(x[:, start:stop])
                row = row * codes_of(start, stop) + code
                known = known & is_there
            rows.append(first + row)
            there.append(known)
            first += cells_of(cross)
        return torch.stack(rows, 1), torch.stack(there, 1)

    def extra_repr(self) -> str:
        """What the constructor was told."""
        return f"in_features={self.in_features}, out_features={self.out_features}, crosses={self.crosses}"


def _codes(x: Tensor) -> tuple[Tensor, Tensor]:
    """The category (N,) of one-hot columns (N, K), and whether there is one; of one column the sign's."""
    if x.shape[1] == 1:
        sign = (x[:, 0] > 0).long() - (x[:, 0] < 0).long()
        return sign + 1, torch.ones_like(sign, dtype=torch.bool)
    largest, code = x.max(1)
    return code, largest > 0


def codes_of(start: int, stop: int) -> int:
    """How many categories the columns of one part of a cross tell apart."""
    return stop - start if stop - start > 1 else SIGNS


def cells_of(cross: Sequence[Sequence[int]]) -> int:
    """How many combinations a cross has.

    >>> cells_of([[0, 4], [4, 9]]), cells_of([[0, 4], [4, 5]])
    (20, 12)
    """
    return prod(codes_of(start, stop) for start, stop in cross)


def check_crosses(crosses: Sequence[Sequence[Sequence[int]]], in_features: int) -> list[list[list[int]]]:
    """The columns [start, stop] of every cross; UsageError naming one that cannot be."""
    found = plain_numbers(crosses)
    if not isinstance(found, list | tuple) or not all(_is_cross(one) for one in found):
        raise UsageError(
            "crosses must be lists of the columns [start, stop] of two or more inputs; "
            f"they are {shown(found)}"
        )
    for cross in found:
        for start, stop in cross:
            if not 0 <= start < stop <= in_features:
                raise UsageError(
                    f"crosses must be places among {in_features} inputs; one is [{start}, {stop}]"
                )
        if (cells := cells_of(cross)) > MOST_CELLS:
            raise UsageError(
                f"a cross may have at most {MOST_CELLS:,} combinations; that of {shown(cross)} has {cells:,}"
            )
    return [[list(part) for part in cross] for cross in found]


def _is_cross(cross: object) -> bool:
    return (
        isinstance(cross, list | tuple) and len(cross) >= 2
        and all(isinstance(part, list | tuple) and len(part) == 2 for part in cross)
        and all(isinstance(n, int) and not isinstance(n, bool) for part in cross for n in part)
    )  # fmt: skip

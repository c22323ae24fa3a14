"""The pyramid of bidirectional recurrent layers."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gradatim import catalog
from gradatim.checks import one_of, whole
from gradatim.nn.sequence.batch import open_batch

CELLS = ("lstm", "gru", "rnn", "peephole_lstm", "layer_norm_lstm")


class Pyramid(nn.Module):
    """Pyramid of bidirectional layers (Listen, Attend and Spell: Chan et al. 2016, eq. 5; curriculum E7).

        h^j_i = layer_j(h^j_{i−1}, [h^{j−1}_{2i}; h^{j−1}_{2i+1}]),   h^0 = a flat layer over x

    Each of the `num_layers` − 1 upper layers reads two neighbouring steps as one, so that T steps become
    ⌈T/2^{num_layers−1}⌉; a last step without a neighbour gets zeros for one. With `lengths`, padding is
    masked on every floor and a sequence of n steps has ⌈n/2⌉ on the next.

    Shapes: x (T, N, D), (N, T, D) with batch_first, or (T, D) → the top's outputs (⌈T/2^…⌉, N, 2H) in the
    same form, and the lengths there (N,). `cell` names a recurrent layer of the catalogue; UsageError if not.

    >>> outputs, lengths = Pyramid(3, 5, num_layers=3)(torch.zeros(9, 2, 3), torch.tensor([9, 4]))
    >>> tuple(outputs.shape), lengths.tolist()
    ((3, 2, 10), [3, 1])
    """

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 3, cell: str = "lstm",
        batch_first: bool = False,
    ):  # fmt: skip
        super().__init__()
        made: Callable[..., nn.Module] = catalog.find(one_of("cell", cell, CELLS), "layer").load()
        self.input_size, self.batch_first = whole("input_size", input_size, 1), batch_first
        widths = [input_size] + [4 * hidden_size] * (whole("num_layers", num_layers, 1) - 1)
        self.floors = nn.ModuleList(made(width, hidden_size, bidirectional=True) for width in widths)

    def forward(self, x: Tensor, lengths: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The outputs of the top floor, and how many of them each sequence has."""
        batch = open_batch(x, None, "right", self.batch_first, self.input_size, "Pyramid")
        x, given = batch.x, lengths is not None
        lengths = torch.full((x.shape[1],), len(x)) if lengths is None else torch.as_tensor(lengths)
        for number, floor in enumerate(self.floors):
            if number:
                x, lengths = _pairs(x), (lengths + 1) // 2
            x, _ = floor(x, lengths=lengths if given else None)
        return batch.closed(x), lengths


def _pairs(x: Tensor) -> Tensor:
    """[x_{2i}; x_{2i+1}] for every i; an odd tail is joined by zeros. Shapes: (T, N, D) → (⌈T/2⌉, N, 2D).

    >>> _pairs(torch.tensor([[[1.0]], [[2.0]], [[3.0]]])).tolist()
    [[[1.0, 2.0]], [[3.0, 0.0]]]
    """
    if len(x) % 2:
        x = torch.cat([x, x.new_zeros(1, *x.shape[1:])])
    return torch.cat([x[0::2], x[1::2]], -1)

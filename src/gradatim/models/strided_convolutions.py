"""Convolutions over the time of padded sequences."""

from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.nn.conv import Conv1d
from gradatim.nn.dropout import Dropout
from gradatim.nn.sequence.padding import mask_of


class StridedConvolutions(nn.Module):
    """Convolutions over time, each over a sequence that the one before has thinned out.

        h⁰_t = x_t;   hʲ_t = relu(bʲ + Σ_k Wʲ_k hʲ⁻¹_{S t + k − P}),   P = (F − 1)/2,   h = 0 outside

    A sequence of L steps has ⌈L/S⌉ of the next layer. What is behind its end is set to 0 in front of every
    layer, as is what a sequence alone would have around it: padding changes no number.

    Shapes: x (N, T, D), lengths (N,) → h (N, ⌈T/S^J⌉, C), 0 at padding, and its lengths (N,). J layers of C
    `channels` each, F `kernel_size`, odd, S `stride`. `dropout` falls on every layer's output.

    >>> h, lengths = StridedConvolutions(3, (4, 5))(torch.zeros(2, 9, 3), torch.tensor([9, 4]))
    >>> tuple(h.shape), lengths.tolist()
    ((2, 3, 5), [3, 1])
    """

    def __init__(
        self, in_features: int, channels: Sequence[int], kernel_size: int = 5, stride: int = 2,
        dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        self.in_features, self.stride = whole("in_features", in_features, 1), whole("stride", stride, 1)
        if whole("kernel_size", kernel_size, 1) % 2 == 0:
            raise UsageError(f"kernel_size must be odd, so that a window has a middle; it is {kernel_size}")
        if not isinstance(channels, list | tuple) or not channels:
            raise UsageError(f"channels are a list, one number for each convolution; they are {channels!r}")
        widths = [self.in_features, *(whole("channels", width, 1) for width in channels)]
        self.layers = nn.ModuleList(
            Conv1d(width, wider, kernel_size, stride, padding=kernel_size // 2)
            for width, wider in pairwise(widths)
        )
        self.dropout = nn.ModuleList(Dropout(dropout) for _ in self.layers)

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """The last layer's h, and how many steps each sequence has of it."""
        if x.ndim != 3 or x.shape[2] != self.in_features or not x.is_floating_point():
            got = f"it got {x.dtype} of shape {tuple(x.shape)}"
            raise UsageError(f"the network reads numbers (sequences, steps, {self.in_features}); {got}")
        h = _without_padding(x, lengths).transpose(1, 2)  # (N, D, T)
        for layer, dropout in zip(self.layers, self.dropout, strict=True):
            lengths = (lengths + self.stride - 1) // self.stride
            steps = torch.relu(layer(h)).transpose(1, 2)
            h = dropout(_without_padding(steps, lengths)).transpose(1, 2)
        return h.transpose(1, 2), lengths


def _without_padding(x: Tensor, lengths: Tensor) -> Tensor:
    """The same (N, T, D), 0 behind the end of each sequence."""
    real = mask_of(lengths, x.shape[1], len(x), "right", x.device).t()
    return x.masked_fill(~real[..., None], 0.0)

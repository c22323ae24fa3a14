"""Stages of convolutions down to small maps, and of transposed convolutions up to the same sizes again."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

from torch import nn

from gradatim.nn.activation import Activation
from gradatim.nn.conv import Conv2d
from gradatim.nn.conv_transpose import ConvTranspose2d
from gradatim.nn.dense import Dense

KERNEL = 3


class ConvStages(NamedTuple):
    """The layers down, those up, the last stage's maps (C, h, w), and the numbers of the largest maps."""

    down: list[nn.Module]
    up: list[nn.Module]
    maps: tuple[int, ...]
    largest: int


def conv_stages(
    in_channels: int, input_size: Sequence[int], channels: Sequence[int], activation: str, init: str
) -> ConvStages:
    """Stages down and up between pictures and small maps, as autoencoders have them (Masci et al. 2011).

        down: a stage is a 3×3 convolution with stride 2 and g;   n → ⌈n/2⌉ on both axes
        up: the same sizes backwards by 3×3 transposed convolutions, g between them, the last linear

    Shapes: down (N, in_channels, H, W) → (N, *maps), up the other way.

    >>> conv_stages(3, (9, 14), (4, 8), "relu", "he_normal").maps
    (8, 3, 4)
    """
    reached = [tuple(input_size)]
    for _ in channels:
        reached.append(tuple((n + 1) // 2 for n in reached[-1]))
    ends = [in_channels, *channels]
    down: list[nn.Module] = []
    up: list[nn.Module] = []
    for stage in range(len(channels)):
        down += [Conv2d(ends[stage], ends[stage + 1], KERNEL, stride=2, padding=1, init=init),
                 Activation(activation)]  # fmt: skip
    for stage in reversed(range(len(channels))):
        behind = [1 - n % 2 for n in reached[stage]]  # ⌈n/2⌉ is of n and of n + 1: which of the two
        drawn = init if stage else "xavier_uniform"
        inputs, outputs = ends[stage + 1], ends[stage]
        up.append(ConvTranspose2d(inputs, outputs, KERNEL, 2, 1, output_padding=behind, init=drawn))
        up += [Activation(activation)] if stage else []
    largest = max(c * prod(size) for c, size in zip(ends, reached, strict=True))
    return ConvStages(down, up, (channels[-1], *reached[-1]), largest)


def from_code(code: int, maps: tuple[int, ...], activation: str, init: str) -> list[nn.Module]:
    """A dense layer from a code (N, code) to maps (N, *maps), and g."""
    return [Dense(code, prod(maps), init=init), Activation(activation), nn.Unflatten(1, maps)]

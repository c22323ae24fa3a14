"""U-Net: down to what is in a picture, and up again to where it is."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from gradatim.checks import one_of, whole
from gradatim.models.network import Network, scale_channels
from gradatim.nn.dropout import Dropout

CHANNELS = 64  # of the first stage; every stage has twice as many as the one before
BORDERS = ("mirrored", "zeros")


class Tile(NamedTuple):
    """Pixels on a side that unpadded convolutions read, and those that they score, in the tile's middle."""

    read: int
    scored: int


class Pair(nn.Sequential):
    """Two 3×3 convolutions, each with a ReLU, and batch norm before it where asked for."""

    def __init__(self, inputs: int, outputs: int, padding: int, batch_norm: bool):
        layers: list[nn.Module] = []
        for given in (inputs, outputs):
            layers.append(nn.Conv2d(given, outputs, 3, padding=padding, bias=not batch_norm))
            layers += [nn.BatchNorm2d(outputs)] if batch_norm else []
            layers.append(nn.ReLU(inplace=True))
        super().__init__(*layers)


class UNet(Network):
    """U-Net (Ronneberger, Fischer & Brox 2015, figure 1): a class for every pixel.

        down  stages of two 3×3 convolutions with ReLU on 64, 128, 256, 512, 1,024 channels, a 2×2 max pool
              between them, dropout behind the last two
        up    a 2×2 transposed convolution of stride 2 to half of the channels, beside it what the stage of
              that size gave, its middle cut out, two 3×3 convolutions with ReLU; at last a 1×1 to the classes

    Shapes: x (N, in_channels, H, W) → (N, num_classes, H, W), any H and W.

    The paper's convolutions are not padded, so that 572×572 pixels score the 388×388 in their middle, and a
    picture's border is mirrored to be read beyond it: `borders` "mirrored", which pads by 92 pixels and by
    what the pools need. "zeros" pads each convolution, as most do today; it is cheaper, and knows less of
    borders; a size that the pools do not divide is mirrored up to one that they do. `batch_norm`, not in the
    paper, makes training from drawn weights easier. `stages` counts those down; `width` multiplies the
    channels of every layer.

    Raises UsageError for an argument that cannot be used, and for pictures of other channels.
    """

    heads = ("score",)
    usual = 512

    def __init__(
        self, name: str, num_classes: int = 2, in_channels: int = 1, stages: int = 5, width: float = 1.0,
        dropout: float = 0.5, borders: str = "mirrored", batch_norm: bool = False,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        self.stages = whole("stages", stages, 1, 7)
        self.borders = one_of("borders", borders, BORDERS)
        padding = 0 if borders == "mirrored" else 1
        channels = [scale_channels(CHANNELS * 2**k, width) for k in range(stages)]
        self.down = nn.ModuleList(
            Pair(inputs, outputs, padding, batch_norm)
            for inputs, outputs in zip([in_channels, *channels[:-1]], channels, strict=True)
        )
        ups = list(zip(channels[1:], channels[:-1], strict=True))[::-1]  # deepest first
        self.widen = nn.ModuleList(nn.ConvTranspose2d(deep, shallow, 2, 2) for deep, shallow in ups)
        self.join = nn.ModuleList(Pair(2 * shallow, shallow, padding, batch_norm) for _, shallow in ups)
        self.pool = nn.MaxPool2d(2)
        self.dropout = Dropout(dropout)
        self.score = nn.Conv2d(channels[0], num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes at every pixel."""
        height, width = x.shape[2:]
        if self.borders == "mirrored":
            tiles = tile_of(height, self.stages), tile_of(width, self.stages)
            before = (tiles[0].read - tiles[0].scored) // 2
            x = mirrored(x, before, tuple(tile.read for tile in tiles))
        else:
            fields = 2 ** (self.stages - 1)  # pixels that the last stage reads as one
            x = mirrored(x, 0, tuple(-(-side // fields) * fields for side in (height, width)))
        return self.unpadded(x)[..., :height, :width]

    def unpadded(self, x: Tensor) -> Tensor:
        """What the convolutions make of a picture with nothing beyond its borders: 572×572 → 388×388."""
        given = []
        for number, stage in enumerate(self.down):
            x = stage(self.pool(x) if number else x)
            if number >= self.stages - 2:
                x = self.dropout(x)
            given.append(x)
        for widen, join, beside in zip(self.widen, self.join, given[-2::-1], strict=True):
            up = widen(x)
            x = join(torch.cat([middle(beside, up.shape[2:]), up], 1))
        return self.score(x)


def tile_of(side: int, stages: int = 5) -> Tile:
    """The smallest tile whose unpadded convolutions score so many pixels on a side.

    >>> tile_of(388), tile_of(512)
    (Tile(read=572, scored=388), Tile(read=700, scored=516))
    """
    deepest = 5  # pixels on a side that the last stage reads, of which its two convolutions leave one
    while (scored := _scored(deepest, stages)) < side:
        deepest += 1
    read = deepest
    for _ in range(stages - 1):
        read = 2 * read + 4
    return Tile(read, scored)


def _scored(deepest: int, stages: int) -> int:
    """The pixels on a side that are scored where the last stage reads so many."""
    side = deepest - 4
    for _ in range(stages - 1):
        side = 2 * side - 4
    return side


def mirrored(x: Tensor, before: int, size: tuple[int, ...]) -> Tensor:
    """A picture (N, C, H, W) in a larger size, mirrored at its borders as often as is needed, `before` pixels
    of what is new above it and left of it.

    >>> mirrored(torch.tensor([[[[1, 2, 3]]]]), 0, (1, 8)).tolist()
    [[[[1, 2, 3, 2, 1, 2, 3, 2]]]]
    """
    for axis, side in zip((2, 3), size, strict=True):
        n = x.shape[axis]
        if n == side:
            continue
        period = max(1, 2 * (n - 1))
        places = (torch.arange(side, device=x.device) - before) % period
        x = x.index_select(axis, torch.minimum(places, period - places) if n > 1 else 0 * places)
    return x


def middle(x: Tensor, size: torch.Size) -> Tensor:
    """The middle of maps (N, C, H, W), of this size."""
    top, left = ((have - want) // 2 for have, want in zip(x.shape[2:], size, strict=True))
    return x[..., top : top + size[0], left : left + size[1]]

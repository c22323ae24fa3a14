"""Fully convolutional networks: a class for every pixel."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from gradatim.checks import known
from gradatim.models import vgg
from gradatim.models.network import Network, scale_channels
from gradatim.nn.dropout import Dropout


class Backbone(NamedTuple):
    """The convolutions in front, and the channels of the two that were dense layers."""

    row: vgg.Row
    width: float
    dense: int


class Row(NamedTuple):
    """A network of Table 2: the pools read besides the last, and where its output lies over the picture.

    A pixel of the picture is `offset` pixels further on in what is upsampled: with a margin of 100, a score
    of fc7 has its centre at 32 i + 12.5, and its copy, upsampled, at 32 i + 31.5.
    """

    pools: tuple[int, ...]
    offset: int


FAMILY = {"fcn32s": Row((), 19), "fcn16s": Row((4,), 27), "fcn8s": Row((4, 3), 31)}
WITHIN = {4: 5, 3: 9}  # where the upsampled scores lie within those of a pool, by the same arithmetic
BACKBONES = {
    "vgg16": Backbone(vgg.FAMILY["vgg16"], 1.0, vgg.DENSE),
    "small": Backbone(vgg.Row((1, 1, 1, 1, 1)), 0.125, 128),
}
MARGIN = 100  # the padding of the first convolution, so that pictures of any size pass


class Upsampling(nn.ConvTranspose2d):
    """A transposed convolution of stride s and kernel 2s that begins as bilinear interpolation (§ 3.3).

        w[i, i, y, x] = (1 − |y/s − c|)(1 − |x/s − c|),  c = 1 − 1/(2s);   0 between different classes

    Shapes: x (N, K, H, W) → (N, K, s(H + 1), s(W + 1)).
    """

    def __init__(self, classes: int, scale: int):
        super().__init__(classes, classes, 2 * scale, stride=scale, bias=False)
        self.scale = scale

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Set the weights to bilinear interpolation, whatever the seed."""
        if self.weight.is_meta:
            return
        s = self.scale
        line = 1 - (torch.arange(2 * s, dtype=torch.float64) / s - (1 - 1 / (2 * s))).abs()
        self.weight.zero_()
        for k in range(self.in_channels):
            self.weight[k, k] = torch.outer(line, line)


class FCN(Network):
    """Fully convolutional network FCN-32s, -16s or -8s (Long, Shelhamer & Darrell 2015).

        VGG's convolutions; its dense layers as convolutions, 7×7 and 1×1; a 1×1 to the classes; upsampled and
        added to a 1×1 of pool 4, that again to one of pool 3; upsampled to the picture's size and cropped

    Shapes: x (N, in_channels, H, W) → (N, num_classes, H, W), any H and W.

    fcn32s upsamples 32 times at once, fcn16s reads pool 4 besides, fcn8s pools 4 and 3. The `backbone` is
    vgg16, or small: five convolutions of 8 to 64 channels. `width` multiplies the channels of every layer.

    Raises UsageError for an argument that cannot be used, and for pictures of other channels.
    """

    heads = ("score", "score4", "score3", "up4", "up3", "up")

    def __init__(
        self, name: str, num_classes: int = 21, in_channels: int = 3, backbone: str = "vgg16",
        dropout: float = 0.5, width: float = 1.0,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        chosen = BACKBONES[known("backbone", backbone, BACKBONES)]
        self.pools, self.offset = FAMILY[name]
        self.features = vgg.convolutions(chosen.row, in_channels, width * chosen.width, padding=MARGIN)
        for layer in self.features:
            if isinstance(layer, nn.MaxPool2d):
                layer.ceil_mode = True
        channels = [scale_channels(c, width * chosen.width) for c in vgg.CHANNELS]
        units = scale_channels(chosen.dense, width)
        self.dense = nn.Sequential(
            nn.Conv2d(channels[4], units, 7), nn.ReLU(inplace=True), Dropout(dropout),
            nn.Conv2d(units, units, 1), nn.ReLU(inplace=True), Dropout(dropout),
        )  # fmt: skip
        self.score = nn.Conv2d(units, num_classes, 1)
        for pool in self.pools:
            self.add_module(f"up{pool}", Upsampling(num_classes, 2))
            self.add_module(f"score{pool}", nn.Conv2d(channels[pool - 1], num_classes, 1))
        self.up = Upsampling(num_classes, 32 >> len(self.pools))

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes at every pixel."""
        size, pools = x.shape[2:], []
        for layer in self.features:
            x = layer(x)
            if isinstance(layer, nn.MaxPool2d):
                pools.append(x)
        x = self.score(self.dense(x))
        for pool in self.pools:
            up, score = self.get_submodule(f"up{pool}"), self.get_submodule(f"score{pool}")
            x = up(x)
            x = x + _cut(score(pools[pool - 1]), WITHIN[pool], x.shape[2:])
        return _cut(self.up(x), self.offset, size)


def _cut(x: Tensor, offset: int, size: torch.Size) -> Tensor:
    """So many pixels from (offset, offset) on."""
    return x[:, :, offset : offset + size[0], offset : offset + size[1]]

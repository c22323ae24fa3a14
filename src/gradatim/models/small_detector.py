"""A small detector of one shot: what pictures with boxes are learned with (curriculum D32)."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import whole
from gradatim.models.network import Network, scale_channels
from gradatim.models.small_cnn import Convolution

CHANNELS = (16, 32, 48, 96)  # of the four stages
STRIDE = 4  # pixels on a side of a place
PRIOR = 0.1  # the probability of a middle at a place before anything is learned
BOX = 4


class SmallDetector(Network):
    """A small detector of one shot (after CenterNet: Zhou, Wang & Krähenbühl 2019): at every fourth pixel the
    score of each class that the middle of an object is there, and the object's box.

        down: a 3×3 convolution on 16 and one on 32 channels, two on 48 and two on 96, the picture halved
              between the four stages by a 2×2 max pool
        up:   a 1×1 convolution to 48 channels, doubled bilinearly, added to what that stage gave, and a 3×3
              convolution
        out:  a 3×3 convolution on 48 channels; from it by a 1×1 the K scores, and by another width, height
              (softplus, in places) and the middle's offset
        every 3×3 convolution with batch norm (Ioffe & Szegedy 2015) and ReLU

    Shapes: x (N, in_channels, H, W) → (N, num_classes + 4, ⌈H/4⌉, ⌈W/4⌉).

    The scores' bias begins at log(0.1/0.9), as in the paper's program, so that what is empty at first does
    not outweigh the objects. `width` multiplies the channels of every layer, `depth` counts the convolutions
    of the two last stages.

    Raises UsageError for an argument that cannot be used, and for pictures of other channels.
    """

    heads = ("scores",)
    usual = 64

    def __init__(
        self, name: str, num_classes: int = 10, in_channels: int = 1, width: float = 1.0, depth: int = 2
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        whole("depth", depth, 1, 8)
        first, second, third, last = (scale_channels(channels, width) for channels in CHANNELS)
        self.pool = nn.MaxPool2d(2, ceil_mode=True)
        self.first, self.second = Convolution(in_channels, first), Convolution(first, second)
        self.third, self.last = _stage(second, third, depth), _stage(third, last, depth)
        self.narrow, self.join = nn.Conv2d(last, third, 1), Convolution(third, third)
        self.head = Convolution(third, third)
        self.scores, self.box = nn.Conv2d(third, num_classes, 1), nn.Conv2d(third, BOX, 1)

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw every weight by (seed, its name); middles are rare at first."""
        super().draw_parameters(seed, prefix)
        nn.init.constant_(self.scores.bias, math.log(PRIOR / (1 - PRIOR)))  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> Tensor:
        """Scores and boxes at every fourth pixel."""
        beside = self.third(self.pool(self.second(self.pool(self.first(x)))))
        up = self.narrow(self.last(self.pool(beside)))
        up = F.interpolate(up, size=beside.shape[2:], mode="bilinear", align_corners=False)
        seen = self.head(self.join(beside + up))
        box = self.box(seen)
        return torch.cat([self.scores(seen), F.softplus(box[:, :2]), box[:, 2:]], 1)


def _stage(inputs: int, outputs: int, depth: int) -> nn.Sequential:
    layers = [Convolution(inputs if i == 0 else outputs, outputs) for i in range(depth)]
    return nn.Sequential(*layers)

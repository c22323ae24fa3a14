"""A small fully convolutional network: what pictures with masks are learned with."""

import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.models.network import Network
from gradatim.models.small_cnn import Convolution, channels_of


class SmallFCN(Network):
    """A small fully convolutional network (after Long, Shelhamer & Darrell 2015): a class for every pixel.

        down: stages of two 3×3 convolutions on 16, 32, 64, 128 channels, the picture halved between them by
              a 2×2 max pool
        up:   from the last stage on, a 1×1 convolution to the channels of the stage before, doubled
              bilinearly, added to what that stage gave, and a 3×3 convolution; at last a 1×1 to the classes
        every 3×3 convolution with batch norm (Ioffe & Szegedy 2015) and ReLU

    Shapes: x (N, in_channels, H, W) → (N, num_classes, H, W), any H and W.

    What is added are channels, not the scores of classes as in the paper: fine edges need more than scores.
    `stages` takes so many of the four. `width` multiplies the channels of every layer.

    Raises UsageError for an argument that cannot be used, and for pictures of other channels.
    """

    heads = ("score",)
    usual = 256

    def __init__(
        self, name: str, num_classes: int = 2, in_channels: int = 1, stages: int = 4, width: float = 1.0
    ):
        super().__init__(name, num_classes, in_channels)
        channels = channels_of(stages, width)
        before = [in_channels, *channels[:-1]]
        self.down = nn.ModuleList(
            nn.Sequential(Convolution(inputs, outputs), Convolution(outputs, outputs))
            for inputs, outputs in zip(before, channels, strict=True)
        )
        pairs = list(zip(channels[1:], channels[:-1], strict=True))[::-1]  # deepest first
        self.narrow = nn.ModuleList(nn.Conv2d(deep, shallow, 1) for deep, shallow in pairs)
        self.join = nn.ModuleList(Convolution(shallow, shallow) for _, shallow in pairs)
        self.pool = nn.MaxPool2d(2, ceil_mode=True)
        self.score = nn.Conv2d(channels[0], num_classes, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes at every pixel."""
        given = []
        for number, stage in enumerate(self.down):
            x = stage(self.pool(x) if number else x)
            given.append(x)
        for narrow, join, beside in zip(self.narrow, self.join, given[-2::-1], strict=True):
            up = F.interpolate(narrow(x), size=beside.shape[2:], mode="bilinear", align_corners=False)
            x = join(beside + up)
        return self.score(x)

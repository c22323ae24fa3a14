"""A small convolutional network for pictures of any size: what a folder of pictures is learned with."""

from torch import Tensor, nn

from gradatim.checks import whole
from gradatim.models.network import Network, scaled
from gradatim.models.residual import conv
from gradatim.nn.dropout import Dropout

CHANNELS = (32, 64, 128, 256)  # of the stages


class SmallCNN(Network):
    """A small convolutional network: stages of 3×3 convolutions, the mean over all pixels, one dense layer.

        a stage: two convolutions of 3×3, each with batch norm (Ioffe & Szegedy 2015) and ReLU, and a max pool
        of 2×2 that halves the picture; channels 32, 64, 128, 256; the mean over what pixels are left (Lin,
        Chen & Yan 2014), dropout, a dense layer to the classes

    Shapes: x (N, in_channels, H, W) → (N, num_classes), any H and W.

    `stages` takes so many of the four. `width` multiplies the channels of every layer.

    Raises UsageError for an argument that cannot be used, and for pictures of other channels.
    """

    heads = ("fc",)
    usual = 64

    def __init__(
        self, name: str, num_classes: int = 10, in_channels: int = 3, stages: int = 4, dropout: float = 0.2,
        width: float = 1.0,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        channels = [scaled(c, width) for c in CHANNELS[: whole("stages", stages, 1)]]
        layers: list[nn.Module] = []
        inputs = in_channels
        for outputs in channels:
            layers += [*_convolution(inputs, outputs), *_convolution(outputs, outputs)]
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
            inputs = outputs
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = Dropout(dropout)
        self.fc = nn.Linear(inputs, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        return self.fc(self.dropout(self.avgpool(self.features(x)).flatten(1)))


def _convolution(inputs: int, outputs: int) -> list[nn.Module]:
    return [conv(inputs, outputs, 3), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]

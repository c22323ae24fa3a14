"""A small convolutional network for pictures of any size: what a folder of pictures is learned with."""

from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.models.network import Network, scale_channels
from gradatim.models.residual import conv
from gradatim.nn.dropout import Dropout
from gradatim.nn.kernels.norm_relu import norm_relu

CHANNELS = (16, 32, 64, 128)  # of the stages


class Convolution(nn.Module):
    """A 3×3 convolution, batch norm and ReLU; the size stays."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.conv, self.norm, self.relu = (
            conv(inputs, outputs, 3),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Of x (N, inputs, H, W) make (N, outputs, H, W)."""
        return norm_relu(self.norm, self.relu, self.conv(x))


def channels_of(stages: int, width: float) -> list[int]:
    """The channels of the first stages; UsageError for more than there are."""
    if whole("stages", stages, 1) > len(CHANNELS):
        raise UsageError(f"stages must be at most {len(CHANNELS)}; it is {stages}")
    return [scale_channels(channels, width) for channels in CHANNELS[:stages]]


class SmallCNN(Network):
    """A small convolutional network: stages of 3×3 convolutions, the mean over all pixels, one dense layer.

        a stage: two convolutions of 3×3, each with batch norm (Ioffe & Szegedy 2015) and ReLU, and a 2×2 max
        pool that halves the picture; 16, 32, 64 and 128 channels
        the mean over what pixels are left (Lin, Chen & Yan 2014), dropout, a dense layer to the classes

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
        layers: list[nn.Module] = []
        inputs = in_channels
        for outputs in channels_of(stages, width):
            layers += [Convolution(inputs, outputs), Convolution(outputs, outputs)]
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
            inputs = outputs
        self.features = nn.Sequential(*layers)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = Dropout(dropout)
        self.fc = nn.Linear(inputs, num_classes)

    def in_order(self) -> list[nn.Module]:
        """The layers, each of which reads what the one before gives."""
        return [*self.features, self.avgpool, nn.Flatten(), self.dropout, self.fc]

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        return self.fc(self.dropout(self.avgpool(self.features(x)).flatten(1)))

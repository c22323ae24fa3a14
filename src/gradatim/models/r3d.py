"""R3D: the residual network over clips."""

from torch import Tensor, nn

from gradatim.models.network import Network, scale_channels

CHANNELS = (64, 128, 256, 512)
BLOCKS = (2, 2, 2, 2)


def _conv(inputs: int, outputs: int, stride: int = 1) -> nn.Conv3d:
    return nn.Conv3d(inputs, outputs, 3, stride, padding=1, bias=False)


class _Block(nn.Module):
    """y = g(F(x) + x), F two 3×3×3 convolutions with batch norm."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.conv1 = nn.Sequential(
            _conv(inputs, outputs, stride), nn.BatchNorm3d(outputs), nn.ReLU(inplace=True)
        )
        self.conv2 = nn.Sequential(_conv(outputs, outputs), nn.BatchNorm3d(outputs))
        self.relu = nn.ReLU(inplace=True)
        self.downsample: nn.Module | None = None
        if stride > 1 or inputs != outputs:
            projection = nn.Conv3d(inputs, outputs, 1, stride, bias=False)
            self.downsample = nn.Sequential(projection, nn.BatchNorm3d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return self.relu(self.conv2(self.conv1(x)) + (x if self.downsample is None else self.downsample(x)))


class R3D(Network):
    """Residual network of 3×3×3 convolutions over clips (Tran et al. 2018, R3D of 18 layers).

        a 3×7×7 convolution that halves the picture; four stages of two blocks y = g(F(x) + x), the last three
        beginning by halving time and picture and doubling the channels; the mean; one dense layer

    Shapes: x (N, in_channels, T, H, W) → (N, num_classes), any T, H and W.

    The names of its weights are torchvision's. `width` multiplies the channels of every layer.

    Raises UsageError for an argument that cannot be used, and for clips of other channels.
    """

    axes = 3
    heads = ("fc",)
    usual = (16, 112, 112)

    def __init__(self, name: str, num_classes: int = 400, in_channels: int = 3, width: float = 1.0):
        super().__init__(name, num_classes, in_channels)
        channels = [scale_channels(c, width) for c in CHANNELS]
        self.stem = nn.Sequential(
            nn.Conv3d(in_channels, channels[0], (3, 7, 7), (1, 2, 2), (1, 3, 3), bias=False),
            nn.BatchNorm3d(channels[0]), nn.ReLU(inplace=True),
        )  # fmt: skip
        inputs, stages = channels[0], []
        for number, outputs in enumerate(channels):
            first = _Block(inputs, outputs, 2 if number else 1)
            rest = [_Block(outputs, outputs, 1) for _ in range(BLOCKS[number] - 1)]
            stages.append(nn.Sequential(first, *rest))
            inputs = outputs
        self.layer1, self.layer2, self.layer3, self.layer4 = stages
        self.avgpool = nn.AdaptiveAvgPool3d(1)
        self.fc = nn.Linear(inputs, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        x = self.layer4(self.layer3(self.layer2(self.layer1(self.stem(x)))))
        return self.fc(self.avgpool(x).flatten(1))

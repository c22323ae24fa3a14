"""Wide residual networks for small pictures, of any depth d and width k."""

from typing import Any

from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.models.network import Network, scale_channels
from gradatim.models.residual import conv
from gradatim.nn.dropout import Dropout
from gradatim.nn.kernels.norm_relu import norm_relu

CHANNELS = (16, 32, 64)  # of the three groups, times k


class _Block(nn.Module):
    """y = F(x) + x, F twice batch norm, ReLU and 3×3 convolution, perhaps dropout between (Fig. 1 c, d)."""

    def __init__(self, inputs: int, outputs: int, stride: int, dropout: float):
        super().__init__()
        self.bn1 = nn.BatchNorm2d(inputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv1 = conv(inputs, outputs, 3, stride)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.dropout: nn.Module | None = Dropout(dropout) if dropout else None
        self.conv2 = conv(outputs, outputs, 3)
        self.shortcut: Any = None if inputs == outputs and stride == 1 else conv(inputs, outputs, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        g = norm_relu(self.bn1, self.relu, x)
        f = norm_relu(self.bn2, self.relu, self.conv1(g))
        if self.dropout is not None:
            f = self.dropout(f)
        return self.conv2(f) + (x if self.shortcut is None else self.shortcut(g))


class WideResNet(Network):
    """Wide residual network WRN-d-k (Zagoruyko & Komodakis 2016, Table 1): d = `depth`, k = `width`.

        a 3×3 convolution, three groups of n = (d − 4)/6 blocks y = F(x) + x on 16k, 32k and 64k channels,
        the picture halved between them; batch norm, ReLU, the mean over all pixels; one dense layer

    Shapes: x (N, in_channels, H, W) → (N, num_classes), any H and W.

    `dropout` stands between a block's two convolutions; the paper has 0.3 where it has any.

    Raises UsageError for a depth that is not 6n + 4, naming the nearest, and for other arguments it cannot
    use.
    """

    heads = ("fc",)
    usual = 32

    def __init__(
        self, name: str, num_classes: int = 10, in_channels: int = 3, depth: int = 28, width: float = 10,
        dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        if (whole("depth", depth, 10) - 4) % 6:
            below = depth - (depth - 4) % 6
            raise UsageError(f"depth must be 6n + 4, such as {below} or {below + 6}; it is {depth}")
        inputs, groups = CHANNELS[0], []
        self.conv1 = conv(in_channels, inputs, 3)
        for number, channels in enumerate(CHANNELS):
            blocks = []
            for place in range((depth - 4) // 6):
                outputs, stride = scale_channels(channels, width), 2 if number and place == 0 else 1
                blocks.append(_Block(inputs, outputs, stride, dropout))
                inputs = outputs
            groups.append(nn.Sequential(*blocks))
        self.group1, self.group2, self.group3 = groups
        self.bn = nn.BatchNorm2d(inputs)
        self.relu = nn.ReLU(inplace=True)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(inputs, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        x = self.group3(self.group2(self.group1(self.conv1(x))))
        return self.fc(self.avgpool(norm_relu(self.bn, self.relu, x)).flatten(1))

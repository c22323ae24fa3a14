"""Residual networks for small pictures, of any depth 6n + 2, and the plain ones they were compared with."""

from typing import Any

from torch import Tensor, nn

from gradatim.checks import UsageError, one_of, whole
from gradatim.models.network import Network, scale_channels
from gradatim.models.residual import Basic, Padding, Plain, Projection, conv
from gradatim.nn.kernels.norm_relu import norm_relu

CHANNELS = (16, 32, 64)  # of the three stages
SHORTCUTS: dict[str, Any] = {"A": Padding, "B": Projection}


class CifarResNet(Network):
    """Residual network for small pictures (He, Zhang, Ren & Sun 2015, § 4.2): 6n + 2 layers.

        a 3×3 convolution, three stages of n blocks y = g(F(x) + x) of two 3×3 convolutions each, on 16, 32
        and 64 channels, the picture halved between them; the mean over all pixels; one dense layer

    Shapes: x (N, in_channels, H, W) → (N, num_classes), any H and W.

    `resnet20` to `resnet1202` are the paper's; `resnet_cifar` takes any `depth` (20 when none is given), and
    `plain…` are the same layers without shortcuts. Where the shape changes, `shortcut` is A (every second
    pixel, and channels of zeros: no parameter, the paper's) or B (a 1×1 convolution). `width` multiplies the
    channels of every layer.

    Raises UsageError for a depth that is not 6n + 2, naming the nearest, and for other arguments it cannot
    use.
    """

    heads = ("fc",)
    usual = 32

    def __init__(
        self, name: str, num_classes: int = 10, in_channels: int = 3, shortcut: str = "A", width: float = 1.0,
        depth: int | None = None,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        self.depth = _depth(name, depth)
        first, second, third = (scale_channels(channels, width) for channels in CHANNELS)
        change = SHORTCUTS[one_of("shortcut", shortcut, SHORTCUTS)]
        block = Plain if name.startswith("plain") else Basic
        n = (self.depth - 2) // 6
        self.conv1 = conv(in_channels, first, 3)
        self.bn1 = nn.BatchNorm2d(first)
        self.relu = nn.ReLU(inplace=True)
        self.layer1 = _stage(block, change, first, first, n, 1)
        self.layer2 = _stage(block, change, first, second, n, 2)
        self.layer3 = _stage(block, change, second, third, n, 2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(third, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        x = norm_relu(self.bn1, self.relu, self.conv1(x))
        x = self.layer3(self.layer2(self.layer1(x)))
        return self.fc(self.avgpool(x).flatten(1))


def _stage(block: Any, change: Any, inputs: int, outputs: int, blocks: int, stride: int) -> nn.Sequential:
    """The blocks of a stage; the first has the stride, and what changes the shape of its x."""
    same = stride == 1 and inputs == outputs
    made = [block(inputs, outputs, outputs, stride, None if same else change(inputs, outputs, stride))]
    made += [block(outputs, outputs, outputs, 1, None) for _ in range(blocks - 1)]
    return nn.Sequential(*made)


def _depth(name: str, asked: int | None) -> int:
    """6n + 2: what the name says, or what was asked for."""
    said = name.lstrip("abcdefghijklmnopqrstuvwxyz_")
    if said and asked is not None and asked != int(said):
        family = name.removesuffix(said)
        raise UsageError(f"{name} has {said} layers; {family}_cifar takes a depth, depth={asked}")
    depth = int(said) if said else whole("depth", 20 if asked is None else asked, 8)
    if (depth - 2) % 6:
        below = depth - (depth - 2) % 6
        raise UsageError(f"depth must be 6n + 2, such as {below} or {below + 6}; it is {depth}")
    return depth

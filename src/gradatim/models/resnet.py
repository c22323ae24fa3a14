"""Residual networks for large pictures, and the plain ones they were compared with."""

from functools import partial
from typing import Any, NamedTuple

from torch import Tensor, nn

from gradatim.models.network import Network, scale_channels
from gradatim.models.residual import Basic, Bottleneck, Plain, Projection
from gradatim.nn.kernels.norm_relu import norm_relu


class Row(NamedTuple):
    """A column of Table 1: the block, how often it stands in conv2_x … conv5_x, its inner channels."""

    block: Any
    blocks: tuple[int, int, int, int]
    inner: int = 1  # the 3×3 convolution of a bottleneck is so many times as wide as the paper's


Strided3x3 = partial(Bottleneck, strided_3x3=True)
Strided3x3.expansion = Bottleneck.expansion  # type: ignore[attr-defined]

FAMILY = {
    "plain18": Row(Plain, (2, 2, 2, 2)),
    "plain34": Row(Plain, (3, 4, 6, 3)),
    "resnet18": Row(Basic, (2, 2, 2, 2)),
    "resnet34": Row(Basic, (3, 4, 6, 3)),
    "resnet50": Row(Bottleneck, (3, 4, 6, 3)),
    "resnet101": Row(Bottleneck, (3, 4, 23, 3)),
    "resnet152": Row(Bottleneck, (3, 8, 36, 3)),
    "resnet50_tv": Row(Strided3x3, (3, 4, 6, 3)),
    "resnet101_tv": Row(Strided3x3, (3, 4, 23, 3)),
    "resnet152_tv": Row(Strided3x3, (3, 8, 36, 3)),
    "wide_resnet50_2": Row(Strided3x3, (3, 4, 6, 3), inner=2),
}
CHANNELS = (64, 128, 256, 512)  # of the 3×3 convolutions of conv2_x … conv5_x


class ResNet(Network):
    """Residual network for large pictures (He, Zhang, Ren & Sun 2015, Table 1).

        y = g(F(x) + x) in every block; where the shape changes, y = g(F(x) + W x)        (eqs. 1 and 2)

    A 7×7 convolution and a pool, each of stride 2; four stages, of which the last three begin by halving the
    picture and doubling the channels; the mean over all pixels; one dense layer.

    Shapes: x (N, in_channels, H, W) → (N, num_classes), any H and W.

    The paper's 50, 101 and 152 layers have a bottleneck's stride in its first 1×1 convolution; `…_tv` has it
    in the 3×3, as torchvision's weights need. Without shortcuts they are `plain18` and `plain34`, and with
    3×3 convolutions of twice the channels `wide_resnet50_2` (Zagoruyko & Komodakis 2016, Table 8). `width`
    multiplies the channels of every layer.

    Raises UsageError for an argument that cannot be used, and for pictures of other channels.
    """

    heads = ("fc",)
    conv1: nn.Module
    bn1: nn.Module
    relu: nn.Module
    maxpool: nn.Module
    layer1: nn.Module
    layer2: nn.Module
    layer3: nn.Module
    layer4: nn.Module

    def __init__(self, name: str, num_classes: int = 1000, in_channels: int = 3, width: float = 1.0):
        super().__init__(name, num_classes, in_channels)
        for part, layer in trunk(FAMILY[name], in_channels, width).items():
            self.add_module(part, layer)
        self.twin = f"{name}_tv" if f"{name}_tv" in FAMILY else ""  # of the same names, another function
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(scale_channels(CHANNELS[-1], width) * FAMILY[name].block.expansion, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        x = self.maxpool(norm_relu(self.bn1, self.relu, self.conv1(x)))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


def trunk(row: Row, in_channels: int, width: float, dilated: bool = False) -> dict[str, nn.Module]:
    """Everything in front of the mean over all pixels, by name: 1/32 of the picture's height and width.

    `dilated`: the last two stages widen their kernels instead of halving the picture, which stays 1/8.
    """
    c1, c2, c3, c4 = (scale_channels(c, width) for c in CHANNELS)
    n1, n2, n3, n4 = row.blocks
    e = row.block.expansion
    stride, d3, d4 = (1, (1, 2), (2, 4)) if dilated else (2, (1, 1), (1, 1))
    return {
        "conv1": nn.Conv2d(in_channels, c1, 7, stride=2, padding=3, bias=False),
        "bn1": nn.BatchNorm2d(c1),
        "relu": nn.ReLU(inplace=True),
        "maxpool": nn.MaxPool2d(3, stride=2, padding=1),
        "layer1": _stage(row, c1, c1, n1, 1),
        "layer2": _stage(row, c1 * e, c2, n2, 2),
        "layer3": _stage(row, c2 * e, c3, n3, stride, d3),
        "layer4": _stage(row, c3 * e, c4, n4, stride, d4),
    }


def _stage(
    row: Row, inputs: int, channels: int, blocks: int, stride: int, dilations: tuple[int, int] = (1, 1)
) -> nn.Sequential:
    """The blocks of a stage, a projection around the first where it changes the shape.

    `dilations` are that of the first block and that of the others.
    """
    outputs, inner = channels * row.block.expansion, channels * row.inner
    made = []
    for number in range(blocks):
        step, dilation = (stride, dilations[0]) if number == 0 else (1, dilations[1])
        more = {} if dilation == 1 else {"dilation": dilation}
        shortcut = Projection(inputs, outputs, step) if step > 1 or inputs != outputs else None
        made.append(row.block(inputs, inner, outputs, step, shortcut, **more))
        inputs = outputs
    return nn.Sequential(*made)

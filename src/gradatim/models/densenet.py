"""Dense networks: every layer reads all layers before it."""

from collections import OrderedDict
from typing import NamedTuple

import torch
from torch import Tensor, nn

from gradatim.models.network import Network, scale_channels
from gradatim.nn.dropout import Dropout

BOTTLENECK = 4  # the 1×1 convolution in front of a 3×3 gives so many times k channels


class Row(NamedTuple):
    """A column of Table 1: layers by block, growth rate k, channels of the first convolution."""

    blocks: tuple[int, int, int, int]
    growth: int = 32
    first: int = 64


FAMILY = {
    "densenet121": Row((6, 12, 24, 16)),
    "densenet161": Row((6, 12, 36, 24), growth=48, first=96),
    "densenet169": Row((6, 12, 32, 32)),
    "densenet201": Row((6, 12, 48, 32)),
}


class Layer(nn.Sequential):
    """x → [x, H(x)], H batch norm, ReLU and a convolution; in front of the 3×3 perhaps a 1×1 (eq. 2)."""

    def __init__(self, inputs: int, growth: int, bottleneck: bool, dropout: float = 0.0):
        layers: list[tuple[str, nn.Module]] = []
        width = BOTTLENECK * growth
        if bottleneck:
            layers += [
                ("norm1", nn.BatchNorm2d(inputs)), ("relu1", nn.ReLU(inplace=True)),
                ("conv1", nn.Conv2d(inputs, width, 1, bias=False)),
            ]  # fmt: skip
        inputs = width if bottleneck else inputs
        layers += [
            ("norm2", nn.BatchNorm2d(inputs)), ("relu2", nn.ReLU(inplace=True)),
            ("conv2", nn.Conv2d(inputs, growth, 3, padding=1, bias=False)),
        ]  # fmt: skip
        if dropout:
            layers.append(("dropout", Dropout(dropout)))
        super().__init__(OrderedDict(layers))

    def forward(self, x: Tensor) -> Tensor:
        """Of x (N, C, H, W) make (N, C + growth, H, W)."""
        return torch.cat([x, super().forward(x)], 1)


def block(layers: int, inputs: int, growth: int, bottleneck: bool, dropout: float = 0.0) -> nn.Sequential:
    """So many layers, each reading what all before it gave."""
    return nn.Sequential(OrderedDict(
        (f"denselayer{i + 1}", Layer(inputs + i * growth, growth, bottleneck, dropout)) for i in range(layers)
    ))  # fmt: skip


def transition(inputs: int, outputs: int, dropout: float = 0.0) -> nn.Sequential:
    """Between two blocks: a 1×1 convolution, and the picture halved."""
    layers: dict[str, nn.Module] = {
        "norm": nn.BatchNorm2d(inputs),
        "relu": nn.ReLU(inplace=True),
        "conv": nn.Conv2d(inputs, outputs, 1, bias=False),
    }
    if dropout:
        layers["dropout"] = Dropout(dropout)
    layers["pool"] = nn.AvgPool2d(2, stride=2)
    return nn.Sequential(OrderedDict(layers))


class DenseNet(Network):
    """Densely connected network for large pictures (Huang, Liu, van der Maaten & Weinberger 2017, Table 1).

        x_l = H_l([x_0, x_1, …, x_{l−1}]): four blocks of layers that add k channels each, a 1×1 convolution
        to half the channels and a pool between them; the mean over all pixels; one dense layer

    Shapes: x (N, in_channels, H, W) → (N, num_classes), any H and W from 29 on.

    `width` multiplies k and the channels of the first convolution.

    Raises UsageError for pictures that the pools leave nothing of, and for arguments it cannot use.
    """

    smallest = 29
    heads = ("classifier",)

    def __init__(self, name: str, num_classes: int = 1000, in_channels: int = 3, width: float = 1.0):
        super().__init__(name, num_classes, in_channels)
        row = FAMILY[name]
        growth, channels = scale_channels(row.growth, width), scale_channels(row.first, width)
        layers: dict[str, nn.Module] = {
            "conv0": nn.Conv2d(in_channels, channels, 7, stride=2, padding=3, bias=False),
            "norm0": nn.BatchNorm2d(channels),
            "relu0": nn.ReLU(inplace=True),
            "pool0": nn.MaxPool2d(3, stride=2, padding=1),
        }
        for number, depth in enumerate(row.blocks, 1):
            layers[f"denseblock{number}"] = block(depth, channels, growth, bottleneck=True)
            channels += depth * growth
            if number < len(row.blocks):
                layers[f"transition{number}"] = transition(channels, channels // 2)
                channels //= 2
        layers["norm5"] = nn.BatchNorm2d(channels)
        self.features = nn.Sequential(OrderedDict(layers))
        self.relu = nn.ReLU(inplace=True)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        return self.classifier(self.avgpool(self.relu(self.features(x))).flatten(1))

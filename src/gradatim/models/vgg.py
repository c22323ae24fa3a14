"""The networks of the Visual Geometry Group: 3×3 convolutions, and depth."""

from typing import NamedTuple

from torch import Tensor, nn

from gradatim.models.network import Network, Size, scale_channels, shape_behind, sizes
from gradatim.nn.dropout import Dropout
from gradatim.nn.local_response_norm import LocalResponseNorm

CHANNELS = (64, 128, 256, 512, 512)  # of the stages, each followed by a pool of stride 2
DENSE = 4096


class Row(NamedTuple):
    """A column of Table 1: convolutions by stage, and what else it differs in."""

    convolutions: tuple[int, int, int, int, int]
    lrn: bool = False  # behind the first convolution
    last: int = 3  # the kernel of the last convolution of the last three stages
    norm: bool = False  # batch norm behind every convolution; of 2015, so not in the paper
    pooled: bool = False  # any size is averaged to 7×7 in front of the first dense layer


FAMILY = {
    "vgg11": Row((1, 1, 2, 2, 2)),  # A
    "vgg11_lrn": Row((1, 1, 2, 2, 2), lrn=True),  # A-LRN
    "vgg13": Row((2, 2, 2, 2, 2)),  # B
    "vgg16_c": Row((2, 2, 3, 3, 3), last=1),  # C
    "vgg16": Row((2, 2, 3, 3, 3)),  # D
    "vgg19": Row((2, 2, 4, 4, 4)),  # E
    "vgg11_tv": Row((1, 1, 2, 2, 2), pooled=True),
    "vgg13_tv": Row((2, 2, 2, 2, 2), pooled=True),
    "vgg16_tv": Row((2, 2, 3, 3, 3), pooled=True),
    "vgg19_tv": Row((2, 2, 4, 4, 4), pooled=True),
    "vgg11_bn": Row((1, 1, 2, 2, 2), norm=True, pooled=True),
    "vgg13_bn": Row((2, 2, 2, 2, 2), norm=True, pooled=True),
    "vgg16_bn": Row((2, 2, 3, 3, 3), norm=True, pooled=True),
    "vgg19_bn": Row((2, 2, 4, 4, 4), norm=True, pooled=True),
}


class VGG(Network):
    """Very deep network of 3×3 convolutions (Simonyan & Zisserman 2014, Table 1).

        five stages of 3×3 convolutions with ReLU, each ended by a 2×2 pool; three dense layers

    Two 3×3 convolutions see 5×5 pixels and three 7×7, with 27 C² weights instead of 49 C², and a ReLU more.

    Shapes: x (N, in_channels, H, W) → (N, num_classes); H, W = input_size, or any from 32 on where the name
    ends in `_tv` or `_bn`.

    The paper's network sizes its first dense layer from the pictures, 512 · 7 · 7 inputs at 224. `…_tv` is
    torchvision's form, the same function at 224, which averages any other size to 7×7; `…_bn` has batch norm
    besides. `width` multiplies the channels and units of every layer, `dropout` is that of the dense ones.

    Raises UsageError for pictures that five pools leave nothing of, and for arguments it cannot use.
    """

    smallest = 32
    heads = ("classifier.6",)

    def __init__(
        self, name: str, num_classes: int = 1000, in_channels: int = 3, input_size: Size = 224,
        dropout: float = 0.5, width: float = 1.0,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        row = FAMILY[name]
        self.features = convolutions(row, in_channels, width)
        size = sizes("input_size", input_size)
        behind = shape_behind(self, self.features, size)
        if row.pooled:
            behind = (behind[0], 7, 7)
            self.avgpool: nn.Module = nn.AdaptiveAvgPool2d((7, 7))
        else:
            self.input_size = size
            self.avgpool = nn.Identity()
        units = scale_channels(DENSE, width)
        self.classifier = nn.Sequential(
            nn.Linear(behind[0] * behind[1] * behind[2], units), nn.ReLU(inplace=True), Dropout(dropout),
            nn.Linear(units, units), nn.ReLU(inplace=True), Dropout(dropout),
            nn.Linear(units, num_classes),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


def convolutions(row: Row, in_channels: int, width: float, padding: int = 1) -> nn.Sequential:
    """The five stages; `padding` is that of the very first convolution, whose others keep the size."""
    layers: list[nn.Module] = []
    inputs = in_channels
    for stage, (number, channels) in enumerate(zip(row.convolutions, CHANNELS, strict=True)):
        outputs = scale_channels(channels, width)
        for place in range(number):
            kernel = row.last if stage >= 2 and place == number - 1 else 3
            layers.append(nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2 if layers else padding))
            if row.norm:
                layers.append(nn.BatchNorm2d(outputs))
            layers.append(nn.ReLU(inplace=True))
            if row.lrn and stage == 0:
                layers.append(LocalResponseNorm())
            inputs = outputs
        layers.append(nn.MaxPool2d(2, stride=2))
    return nn.Sequential(*layers)

"""AlexNet, which began the decade, and ZFNet, which looked into it."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from torch import Tensor, nn

from gradatim.models.network import Network, Size, scale_channels, shape_behind, sizes
from gradatim.nn.dropout import Dropout
from gradatim.nn.local_response_norm import LocalResponseNorm

DENSE = 4096


class Conv(NamedTuple):
    """A convolution: channels, kernel, stride, padding; the groups of the two-GPU form; what follows it."""

    channels: int
    kernel: int
    stride: int = 1
    padding: int = 0
    groups: int = 1
    lrn: bool = False
    pool: bool = False  # 3×3 with stride 2: the pools overlap


class Row(NamedTuple):
    """A network of the family: its five convolutions, and its pools' padding."""

    convolutions: tuple[Conv, Conv, Conv, Conv, Conv]
    input_size: int
    smallest: int
    padded: tuple[int, int, int] = (0, 0, 0)  # of the pools


FAMILY = {
    "alexnet": Row((
        Conv(96, 11, stride=4, lrn=True, pool=True), Conv(256, 5, padding=2, groups=2, lrn=True, pool=True),
        Conv(384, 3, padding=1), Conv(384, 3, padding=1, groups=2),
        Conv(256, 3, padding=1, groups=2, pool=True),
    ), input_size=227, smallest=67),
    "alexnet_ungrouped": Row((
        Conv(96, 11, stride=4, lrn=True, pool=True), Conv(256, 5, padding=2, lrn=True, pool=True),
        Conv(384, 3, padding=1), Conv(384, 3, padding=1), Conv(256, 3, padding=1, pool=True),
    ), input_size=227, smallest=67),
    "zfnet": Row((
        Conv(96, 7, stride=2, padding=1, lrn=True, pool=True), Conv(256, 5, stride=2, lrn=True, pool=True),
        Conv(384, 3, padding=1), Conv(384, 3, padding=1), Conv(256, 3, padding=1, pool=True),
    ), input_size=224, smallest=53, padded=(1, 1, 0)),
}  # fmt: skip


class AlexNet(Network):
    """Five convolutions and three dense layers (Krizhevsky, Sutskever & Hinton 2012; Zeiler & Fergus 2013).

        ReLU behind every layer but the last; local response normalisation and overlapping pools behind the
        first two convolutions, a pool behind the fifth; dropout before the first two dense layers

    Shapes: x (N, in_channels, *input_size) → (N, num_classes).

    `alexnet` has the second, fourth and fifth convolution in two groups, as on the authors' two GPUs;
    `alexnet_ungrouped` has not. The paper writes 224, but its layers' sizes are those of 227 pixels. `zfnet`
    looks closer with its first layer: 7×7 with stride 2 instead of 11×11 with stride 4. All size their first
    dense layer from the pictures. `width` multiplies the channels and units of every layer. `lrn_size`,
    `lrn_alpha`, `lrn_beta`, `lrn_k` and `lrn_divide` are the constants of `nn.local_response_norm`.

    Raises UsageError for pictures that the pools leave nothing of, and for arguments it cannot use.
    """

    heads = ("classifier.6",)

    def __init__(
        self, name: str, num_classes: int = 1000, in_channels: int = 3, input_size: Size | None = None,
        dropout: float = 0.5, width: float = 1.0, lrn_size: int = 5, lrn_alpha: float = 1e-4,
        lrn_beta: float = 0.75, lrn_k: float = 2.0, lrn_divide: bool = False,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        row = FAMILY[name]
        self.smallest = row.smallest
        self.input_size = sizes("input_size", row.input_size if input_size is None else input_size)
        lrn = partial(LocalResponseNorm, lrn_size, lrn_alpha, lrn_beta, lrn_k, lrn_divide)
        self.features = _convolutions(row, in_channels, width, lrn)
        c, h, w = shape_behind(self, self.features, self.input_size)
        units = scale_channels(DENSE, width)
        self.classifier = nn.Sequential(
            Dropout(dropout), nn.Linear(c * h * w, units), nn.ReLU(inplace=True),
            Dropout(dropout), nn.Linear(units, units), nn.ReLU(inplace=True), nn.Linear(units, num_classes),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        return self.classifier(self.features(x).flatten(1))


def _convolutions(row: Row, in_channels: int, width: float, lrn: Callable[[], nn.Module]) -> nn.Sequential:
    layers: list[nn.Module] = []
    inputs, padded = in_channels, iter(row.padded)
    for c in row.convolutions:
        outputs = c.groups * scale_channels(c.channels // c.groups, width)
        layers.append(nn.Conv2d(inputs, outputs, c.kernel, c.stride, c.padding, groups=c.groups))
        layers.append(nn.ReLU(inplace=True))
        if c.lrn:
            layers.append(lrn())
        if c.pool:
            layers.append(nn.MaxPool2d(3, stride=2, padding=next(padded)))
        inputs = outputs
    return nn.Sequential(*layers)

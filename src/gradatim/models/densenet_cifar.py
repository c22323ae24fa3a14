"""Dense networks for small pictures, of any depth L and growth rate k."""

from collections import OrderedDict
from typing import NamedTuple

from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.models.densenet import block, transition
from gradatim.models.network import Network


class Row(NamedTuple):
    """A form: bottleneck (B) and compression (C), or neither; and its defaults."""

    bc: bool
    depth: int
    growth: int = 12


FAMILY = {"densenet_cifar": Row(bc=False, depth=40), "densenet_bc_cifar": Row(bc=True, depth=100)}


class CifarDenseNet(Network):
    """Densely connected network for small pictures (Huang et al. 2017, § 3, "Implementation details").

        x_l = H_l([x_0, x_1, …, x_{l−1}]): a 3×3 convolution, three blocks of n layers that add k = `growth`
        channels each, a 1×1 convolution and a pool between them; the mean over all pixels; one dense layer

    Shapes: x (N, in_channels, H, W) → (N, num_classes), any H and W from 4 on.

    `densenet_cifar` has L = 3n + 4 layers and begins with 16 channels. `densenet_bc_cifar` has a 1×1
    convolution to 4k channels in front of every 3×3, so L = 6n + 4, begins with 2k channels, and halves the
    channels between blocks. `dropout` stands behind every convolution but the first; the paper has 0.2 where
    pictures are not augmented.

    Raises UsageError for a depth of another form, naming the nearest, and for other arguments it cannot use.
    """

    smallest = 4
    heads = ("fc",)
    usual = 32

    def __init__(
        self, name: str, num_classes: int = 10, in_channels: int = 3, depth: int | None = None,
        growth: int | None = None, dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        row = FAMILY[name]
        n = _layers(row, row.depth if depth is None else whole("depth", depth, 1))
        k = row.growth if growth is None else whole("growth", growth, 1)
        channels = 2 * k if row.bc else 16
        layers: dict[str, nn.Module] = {"conv0": nn.Conv2d(in_channels, channels, 3, padding=1, bias=False)}
        for number in (1, 2, 3):
            layers[f"denseblock{number}"] = block(n, channels, k, row.bc, dropout)
            channels += n * k
            if number < 3:
                outputs = channels // 2 if row.bc else channels
                layers[f"transition{number}"] = transition(channels, outputs, dropout)
                channels = outputs
        layers["norm"] = nn.BatchNorm2d(channels)
        layers["relu"] = nn.ReLU(inplace=True)
        self.features = nn.Sequential(OrderedDict(layers))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        return self.fc(self.avgpool(self.features(x)).flatten(1))


def _layers(row: Row, depth: int) -> int:
    """The n of L = 3n + 4, or 6n + 4."""
    step = 6 if row.bc else 3
    n, rest = divmod(depth - 4, step)
    if n < 1 or rest:
        below = max(step + 4, depth - rest)
        raise UsageError(f"depth must be {step}n + 4, such as {below} or {below + step}; it is {depth}")
    return n

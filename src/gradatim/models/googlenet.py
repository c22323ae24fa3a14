"""GoogLeNet: modules that look at four scales at once."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gradatim.models.network import Network, Size, scale_channels, shape_behind, sizes, too_small
from gradatim.nn.dropout import Dropout
from gradatim.nn.local_response_norm import LocalResponseNorm

MODULES = {  # Table 1: #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool proj
    "inception3a": (64, 96, 128, 16, 32, 32),
    "inception3b": (128, 128, 192, 32, 96, 64),
    "inception4a": (192, 96, 208, 16, 48, 64),
    "inception4b": (160, 112, 224, 24, 64, 64),
    "inception4c": (128, 128, 256, 24, 64, 64),
    "inception4d": (112, 144, 288, 32, 64, 64),
    "inception4e": (256, 160, 320, 32, 128, 128),
    "inception5a": (256, 160, 320, 32, 128, 128),
    "inception5b": (384, 192, 384, 48, 128, 128),
}
Unit = Callable[..., nn.Module]  # a convolution with its ReLU: (inputs, outputs, kernel, stride) → a module


class Inception(nn.Module):
    """1×1, 3×3 and 5×5 convolutions and a pool side by side, the wide ones behind a 1×1 (Fig. 2b)."""

    def __init__(self, unit: Unit, inputs: int, channels: tuple[int, ...], third: int):
        super().__init__()
        one, reduce3, three, reduce5, five, pool = channels
        self.branch1 = unit(inputs, one, 1)
        self.branch2 = nn.Sequential(unit(inputs, reduce3, 1), unit(reduce3, three, 3))
        self.branch3 = nn.Sequential(unit(inputs, reduce5, 1), unit(reduce5, five, third))
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1, ceil_mode=True), unit(inputs, pool, 1)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Of x (N, C, H, W) make (N, one + three + five + pool, H, W)."""
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], 1)


def outputs_of(name: str, width: float) -> int:
    """Channels behind a module."""
    one, _, three, _, five, pool = MODULES[name]
    return sum(scale_channels(channels, width) for channels in (one, three, five, pool))


def modules(unit: Unit, width: float, third: int) -> dict[str, Inception]:
    """The nine modules by name; `third` is the kernel of the third branch."""
    made, inputs = {}, scale_channels(192, width)
    for name, channels in MODULES.items():
        made[name] = Inception(unit, inputs, tuple(scale_channels(c, width) for c in channels), third)
        inputs = outputs_of(name, width)
    return made


class _Unit(nn.Sequential):
    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1):
        super().__init__(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2), nn.ReLU(inplace=True))


class _Head(nn.Module):
    """A classifier beside the trunk, for training alone (§ 5)."""

    def __init__(self, channels: int, size: tuple[int, ...], num_classes: int, width: float):
        super().__init__()
        reduced, units = scale_channels(128, width), scale_channels(1024, width)
        h, w = ((n - 5) // 3 + 1 for n in size)
        self.pool = nn.AvgPool2d(5, stride=3)
        self.conv = _Unit(channels, reduced, 1)
        self.fc1 = nn.Linear(reduced * h * w, units)
        self.relu = nn.ReLU(inplace=True)
        self.dropout = Dropout(0.7)
        self.fc2 = nn.Linear(units, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(self.pool(x)).flatten(1)
        return self.fc2(self.dropout(self.relu(self.fc1(x))))


class GoogLeNet(Network):
    """GoogLeNet, 22 layers of Inception modules (Szegedy et al. 2014, Table 1).

        two convolutions with pools and local response normalisation, nine modules of four branches each, the
        mean over all pixels, one dense layer; while training, two heads more, behind 4a and 4d

    Shapes: x (N, in_channels, *input_size) → (N, num_classes); while training with `aux` also the heads'
    scores, behind 4a and behind 4d: three tensors, whose losses count 1, 0.3 and 0.3.

    The heads size a dense layer from the pictures; with aux=False there are none, and any size from 31 on is
    taken. `dropout` is that before the last layer, `width` multiplies the channels of every layer.
    `lrn_size`, `lrn_alpha`, `lrn_beta`, `lrn_k` and `lrn_divide` are the constants of
    `nn.local_response_norm`.

    Raises UsageError for pictures that the pools leave nothing of, and for arguments it cannot use.
    """

    output_weights = (1.0, 0.3, 0.3)  # of the losses of the outputs while training

    def __init__(
        self, name: str, num_classes: int = 1000, in_channels: int = 3, input_size: Size = 224,
        aux: bool = True, dropout: float = 0.4, width: float = 1.0, lrn_size: int = 5,
        lrn_alpha: float = 1e-4, lrn_beta: float = 0.75, lrn_k: float = 2.0, lrn_divide: bool = False,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        self.smallest = 79 if aux else 31
        self.heads = ("fc", "aux1.fc2", "aux2.fc2") if aux else ("fc",)
        first, third = scale_channels(64, width), scale_channels(192, width)
        lrn = (lrn_size, lrn_alpha, lrn_beta, lrn_k, lrn_divide)
        self.stem = nn.Sequential(
            _Unit(in_channels, first, 7, 2), _pool(), LocalResponseNorm(*lrn),
            _Unit(first, first, 1), _Unit(first, third, 3), LocalResponseNorm(*lrn), _pool(),
        )  # fmt: skip
        made = modules(_Unit, width, third=5)
        self.inception3a, self.inception3b = made["inception3a"], made["inception3b"]
        self.pool3, self.pool4 = _pool(), _pool()
        self.inception4a, self.inception4b = made["inception4a"], made["inception4b"]
        self.inception4c, self.inception4d = made["inception4c"], made["inception4d"]
        self.inception4e = made["inception4e"]
        self.inception5a, self.inception5b = made["inception5a"], made["inception5b"]
        self.aux1: nn.Module | None = None
        self.aux2: nn.Module | None = None
        if aux:
            self.input_size = sizes("input_size", input_size)
            front = nn.Sequential(self.stem, self.inception3a, self.inception3b, self.pool3)
            _, h, w = shape_behind(self, front, self.input_size)
            if min(h, w) < 5:
                raise too_small(self.name, self.smallest, self.input_size, "aux1.pool")
            self.aux1 = _Head(outputs_of("inception4a", width), (h, w), num_classes, width)
            self.aux2 = _Head(outputs_of("inception4d", width), (h, w), num_classes, width)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.dropout = Dropout(dropout)
        self.fc = nn.Linear(outputs_of("inception5b", width), num_classes)

    def forward(self, x: Tensor) -> Tensor | tuple[Tensor, ...]:
        """Scores of the classes; while training with heads, theirs too."""
        x = self.pool3(self.inception3b(self.inception3a(self.stem(x))))
        a = self.inception4a(x)
        d = self.inception4d(self.inception4c(self.inception4b(a)))
        x = self.inception5b(self.inception5a(self.pool4(self.inception4e(d))))
        scores = self.fc(self.dropout(self.avgpool(x).flatten(1)))
        if self.aux1 is None or self.aux2 is None or not self.training:
            return scores
        return scores, self.aux1(a), self.aux2(d)


def _pool() -> nn.Module:
    return nn.MaxPool2d(3, stride=2, ceil_mode=True)

"""ResNet-9: the residual network of few layers that learns small pictures in the shortest time."""

from collections.abc import Sequence

from torch import Tensor, nn

from gradatim.checks import UsageError, shown, whole
from gradatim.models.network import Network, scale_channels
from gradatim.models.residual import conv
from gradatim.nn.dropout import Dropout
from gradatim.nn.kernels.norm_relu import norm_relu

CHANNELS = (64, 128, 256, 512)  # of the stages


class _Convolution(nn.Module):
    """relu(norm(pool(conv(x)))), the pool of 2×2 only where the picture is halved."""

    def __init__(self, inputs: int, outputs: int, halves: bool = False):
        super().__init__()
        self.conv = conv(inputs, outputs, 3)
        self.pool = nn.MaxPool2d(2, ceil_mode=True) if halves else None
        self.norm, self.relu = nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return norm_relu(self.norm, self.relu, x if self.pool is None else self.pool(x))


class _Residual(nn.Module):
    """y = F(x) + x, F two convolutions, each with batch norm and ReLU."""

    def __init__(self, channels: int):
        super().__init__()
        self.first, self.second = _Convolution(channels, channels), _Convolution(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.first(x)) + x


class ResNet9(Network):
    """ResNet-9 (Page 2018, "How to train your ResNet", the network of DAWNBench's CIFAR-10 contest).

        stages of 3×3 convolutions, batch norm and ReLU on 64, 128, 256 and 512 channels; a 2×2 max pool
        halves the picture at the second, third and fourth
        behind the second and the fourth y = F(x) + x, F two such convolutions: so many of them as `blocks`
        says for the second, third and fourth stage
        the greatest number of each channel, dropout, a dense layer to the classes

    Shapes: x (N, in_channels, H, W) → (N, num_classes), any H and W.

    The pools stand in front of batch norm, a quarter of the work for it; the logits are not scaled by 1/8.
    `width` multiplies the channels of every layer. With `mirrored` the network answers with the mean of its
    scores for a picture and for its mirror image, once it has learned.

    Raises UsageError for an argument that cannot be used, and for pictures of other channels.
    """

    heads = ("fc",)
    usual = 32

    def __init__(
        self, name: str, num_classes: int = 10, in_channels: int = 3, width: float = 1.0,
        dropout: float = 0.0, blocks: Sequence[int] = (1, 0, 1), mirrored: bool = False,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        first, *later = (scale_channels(channels, width) for channels in CHANNELS)
        self.stage1, stages = _Convolution(in_channels, first), []
        for inputs, outputs, number in zip([first, *later], later, _numbers(blocks), strict=False):
            residuals = (_Residual(outputs) for _ in range(number))
            stages.append(nn.Sequential(_Convolution(inputs, outputs, halves=True), *residuals))
        self.stage2, self.stage3, self.stage4 = stages
        self.maxpool = nn.AdaptiveMaxPool2d(1)
        self.dropout = Dropout(dropout)
        self.fc = nn.Linear(later[-1], num_classes)
        self.mirrored = bool(mirrored)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        x = self.stage4(self.stage3(self.stage2(self.stage1(x))))
        return self.fc(self.dropout(self.maxpool(x).flatten(1)))

    def answers(self, x: Tensor) -> Tensor:
        """The scores that are answered with: of a picture, or the mean with those of its mirror image."""
        return (self(x) + self(x.flip(3))) / 2 if self.mirrored else self(x)


def _numbers(blocks: Sequence[int]) -> list[int]:
    """How many blocks each of the three stages has; UsageError for what cannot be."""
    if not isinstance(blocks, Sequence) or len(blocks) != len(CHANNELS) - 1:
        raise UsageError(f"blocks must be three whole numbers, of the later stages; it is {shown(blocks)}")
    return [whole("blocks", number, 0) for number in blocks]

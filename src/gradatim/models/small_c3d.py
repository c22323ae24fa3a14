"""A small network of 3×3×3 convolutions: what a folder of clips is learned with."""

from torch import Tensor, nn

from gradatim.models.clip_views import ClipViews
from gradatim.models.network import Network, scale_channels
from gradatim.nn.dropout import Dropout

CHANNELS = (16, 32, 64, 64)  # of the stages
STRIDES = ((1, 2, 2), (2, 2, 2), (2, 2, 2), (2, 2, 2))  # over time, height and width
LEFT = (1, 4, 4)  # time, height and width that are left


class SmallC3D(Network):
    """A small network of convolutions over time as well, for few clips (after Tran et al. 2015, C3D).

        four 3×3×3 convolutions with batch norm and ReLU, which halve the picture each and time but the first;
        the largest of each of 4×4 parts of the picture, at any time; dropout; one dense layer

    Shapes: x (N, in_channels, T, H, W) → (N, num_classes), any T, H and W.

    As C3D's, its answers are the mean over windows of 16 frames: `window`, `shift`, `zoom`, `mirror` and
    `motion` say which are seen, see `ClipViews`. `width` multiplies the channels of every layer.

    Raises UsageError for an argument that cannot be used, and for clips of other channels.
    """

    axes = 3
    smallest = (2, 1, 1)
    heads = ("fc",)
    usual = (16, 64, 64)

    def __init__(
        self, name: str, num_classes: int = 10, in_channels: int = 3, dropout: float = 0.5,
        width: float = 1.0, window: int = 16, shift: float = 0.1, zoom: float = 0.1, mirror: bool = True,
        motion: bool = True,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        self.views = ClipViews(window, shift, zoom, mirror, motion)
        channels = [in_channels, *(scale_channels(c, width) for c in CHANNELS)]
        layers: list[nn.Module] = []
        for inputs, outputs, stride in zip(channels, channels[1:], STRIDES, strict=False):
            layers += [
                nn.Conv3d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm3d(outputs),
                nn.ReLU(inplace=True),
            ]  # fmt: skip
        self.features = nn.Sequential(*layers, nn.AdaptiveMaxPool3d(LEFT), nn.Flatten())
        self.dropout = Dropout(dropout)
        self.fc = nn.Linear(channels[-1] * LEFT[1] * LEFT[2], num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        return self.views.mean(self.fc(self.dropout(self.features(self.views(x)))), x.shape[2])

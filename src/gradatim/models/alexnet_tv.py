"""AlexNet in the single-column form that torchvision's weights need."""

from torch import Tensor, nn

from gradatim.models.network import Network, scale_channels
from gradatim.nn.dropout import Dropout

CHANNELS = (64, 192, 384, 256, 256)
DENSE = 4096


class AlexNetTV(Network):
    """One weird trick's AlexNet (Krizhevsky 2014): one column of 64-192-384-256-256 channels, no LRN.

        conv 11×11/4 → 64, pool, conv 5×5 → 192, pool, conv 3×3 → 384, 256, 256, pool, average to 6×6,
        dense 4096, 4096, K; ReLU behind all but the last; pools 3×3/2

    Shapes: x (N, in_channels, H, W) → (N, num_classes), any H and W from 63 on, averaged to 6×6 in front of
    the dense layers. `width` multiplies the channels and units of every layer.

    Raises UsageError for pictures that the pools leave nothing of, and for arguments it cannot use.
    """

    smallest = 63
    heads = ("classifier.6",)

    def __init__(
        self, name: str, num_classes: int = 1000, in_channels: int = 3, dropout: float = 0.5,
        width: float = 1.0,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        a, b, c, d, e = (scale_channels(channels, width) for channels in CHANNELS)
        units = scale_channels(DENSE, width)
        self.features = nn.Sequential(
            nn.Conv2d(in_channels, a, 11, stride=4, padding=2), nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2),
            nn.Conv2d(a, b, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, stride=2),
            nn.Conv2d(b, c, 3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(c, d, 3, padding=1), nn.ReLU(inplace=True),
            nn.Conv2d(d, e, 3, padding=1), nn.ReLU(inplace=True), nn.MaxPool2d(3, stride=2),
        )  # fmt: skip
        self.avgpool = nn.AdaptiveAvgPool2d((6, 6))
        self.classifier = nn.Sequential(
            Dropout(dropout), nn.Linear(e * 36, units), nn.ReLU(inplace=True),
            Dropout(dropout), nn.Linear(units, units), nn.ReLU(inplace=True), nn.Linear(units, num_classes),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        return self.classifier(self.avgpool(self.features(x)).flatten(1))

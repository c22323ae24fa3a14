"""The fully convolutional network on a residual one, as torchvision's weights need it."""

from collections import OrderedDict

import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.models.network import Network
from gradatim.models.resnet import FAMILY, trunk
from gradatim.nn.dropout import Dropout


class FCNResNet(Network):
    """Fully convolutional network on a dilated ResNet-50 (Long, Shelhamer & Darrell 2015; Chen et al. 2017).

        the 50-layer network whose last two stages widen their kernels instead of halving the picture; 3×3 and
        1×1 convolution to the classes at 1/8 of the size; bilinear interpolation to the picture's

    Shapes: x (N, in_channels, H, W) → (N, num_classes, H, W), any H and W. `width` multiplies the channels of
    every layer.

    Raises UsageError for an argument that cannot be used, and for pictures of other channels.
    """

    heads = ("classifier.4",)

    def __init__(
        self, name: str, num_classes: int = 21, in_channels: int = 3, dropout: float = 0.1,
        width: float = 1.0,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        self.backbone = nn.Sequential(
            OrderedDict(trunk(FAMILY["resnet50_tv"], in_channels, width, dilated=True))
        )
        channels = self.backbone.layer4[-1].bn3.num_features  # type: ignore[index, union-attr]
        inner = channels // 4
        self.classifier = nn.Sequential(
            nn.Conv2d(channels, inner, 3, padding=1, bias=False), nn.BatchNorm2d(inner),
            nn.ReLU(inplace=True), Dropout(dropout), nn.Conv2d(inner, num_classes, 1),
        )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes at every pixel."""
        scores = self.classifier(self.backbone(x))
        return F.interpolate(scores, size=x.shape[2:], mode="bilinear", align_corners=False)

"""C3D: convolutions over time as well."""

from torch import Tensor, nn

from gradatim.models.network import Network, Size, scale_channels, shape_behind, sizes
from gradatim.nn.dropout import Dropout

STAGES = ((64,), (128,), (256, 256), (512, 512), (512, 512))  # channels, a pool behind each (Fig. 3)
DENSE = 4096


class C3D(Network):
    """Network of 3×3×3 convolutions over clips (Tran, Bourdev, Fergus, Torresani & Paluri 2015, Fig. 3).

        eight 3×3×3 convolutions with ReLU and five pools, of which the first leaves time alone; two dense
        layers of 4096 units; one to the classes

    Shapes: x (N, in_channels, T, H, W) with T, H, W = input_size → (N, num_classes).

    The first dense layer is sized from the clips: 512 · 4 · 4 inputs at the paper's 16 × 112 × 112. The last
    pool pads the picture. `width` multiplies the channels and units of every layer.

    Raises UsageError for clips that the pools leave nothing of, and for arguments it cannot use.
    """

    axes = 3
    smallest = (16, 16, 16)
    heads = ("fc8",)

    def __init__(
        self, name: str, num_classes: int = 487, in_channels: int = 3, input_size: Size = (16, 112, 112),
        dropout: float = 0.5, width: float = 1.0,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        self.input_size = sizes("input_size", input_size, 3)
        layers: list[nn.Module] = []
        inputs = in_channels
        for stage, channels in enumerate(STAGES):
            for outputs in (scale_channels(c, width) for c in channels):
                layers += [nn.Conv3d(inputs, outputs, 3, padding=1), nn.ReLU(inplace=True)]
                inputs = outputs
            time = 1 if stage == 0 else 2
            padding = (0, 1, 1) if stage == len(STAGES) - 1 else 0
            layers.append(nn.MaxPool3d((time, 2, 2), stride=(time, 2, 2), padding=padding))
        self.features = nn.Sequential(*layers)
        c, t, h, w = shape_behind(self, self.features, self.input_size)
        units = scale_channels(DENSE, width)
        self.fc6, self.fc7 = nn.Linear(c * t * h * w, units), nn.Linear(units, units)
        self.fc8 = nn.Linear(units, num_classes)
        self.relu = nn.ReLU(inplace=True)
        self.dropout = Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        x = self.dropout(self.relu(self.fc6(self.features(x).flatten(1))))
        return self.fc8(self.dropout(self.relu(self.fc7(x))))

"""A convolutional network on every frame, and the mean of what it says: a clip without time."""

from torch import Tensor, nn

from gradatim.models.clip_views import ClipViews
from gradatim.models.frame_network import FrameNetwork
from gradatim.models.network import Network
from gradatim.nn.dropout import Dropout


class FrameCNN(Network):
    """Single-frame network for clips (Karpathy et al. 2014, section 3.1), its scores averaged over frames.

        v_t = g(W_v φ(x_t)):  φ four 3×3 convolutions with stride 2, batch norm and ReLU, the largest of each
            of 4×4 parts of what is left; g ReLU
        a = (1/T) Σ_t W v_t + b

    It is `lrcn` without its LSTM. The order of frames in a window changes nothing. Frames are seen as they
    are; with `motion` the mean of their window is taken away, which is a look at the others.

    Shapes: x (N, in_channels, T, H, W) → (N, num_classes), any T, H and W.

    `units` are those of v_t. `window`, `shift`, `zoom` and `mirror` say which frames are seen, see
    `ClipViews`. `dropout` falls in front of W, `width` multiplies the channels of every convolution.

    Raises UsageError for an argument that cannot be used, and for clips of other channels.
    """

    axes = 3
    smallest = (1, 1, 1)
    heads = ("fc",)
    usual = (16, 64, 64)

    def __init__(
        self, name: str, num_classes: int = 10, in_channels: int = 3, units: int = 64,
        dropout: float = 0.5, width: float = 1.0, window: int = 16, shift: float = 0.1, zoom: float = 0.1,
        mirror: bool = True, motion: bool = False,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        self.views = ClipViews(window, shift, zoom, mirror, motion)
        self.frame = FrameNetwork(in_channels, width)
        self.vector = nn.Linear(self.frame.out_features, units)
        self.relu, self.dropout = nn.ReLU(inplace=True), Dropout(dropout)
        self.fc = nn.Linear(units, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        seen = self.views(x)
        n, _, t = seen.shape[:3]
        v = self.relu(self.vector(self.frame(seen.transpose(1, 2).flatten(0, 1))))  # (N V T, units)
        mean = self.dropout(v).view(n, t, -1).mean(1)  # before W, which is linear: the same as of the scores
        return self.views.mean(self.fc(mean), x.shape[2])

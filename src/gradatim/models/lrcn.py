"""LRCN: a convolutional network on every frame, and an LSTM over what it says."""

from typing import ClassVar

from torch import Tensor, nn

from gradatim.checks import one_of
from gradatim.models.cells import recurrent
from gradatim.models.clip_views import ClipViews
from gradatim.models.frame_network import FrameNetwork
from gradatim.models.network import Network
from gradatim.nn.dropout import Dropout

POOLINGS = ("mean", "last")


class LRCN(Network):
    """Long-term recurrent convolutional network for clips (Donahue et al. 2015), with a small one a frame.

        v_t = g(W_v φ(x_t)):  φ four 3×3 convolutions with stride 2, batch norm and ReLU, the largest of each
            of 4×4 parts of what is left; g ReLU
        h_t = LSTM(v_t, h_{t-1});   a = (1/T) Σ_t W h_t + b (mean), or W h_T + b (last)

    Shapes: x (N, in_channels, T, H, W) → (N, num_classes), any T, H and W.

    The paper trains its frames' network on ImageNet, and averages windows of 16 frames as is done here:
    `window`, `shift`, `zoom`, `mirror` and `motion` say which are seen, see `ClipViews`. `dropout` falls on
    v_t and in front of W. `width` multiplies the channels of every convolution.

    Raises UsageError for an argument that cannot be used, and for clips of other channels.
    """

    by_layout: ClassVar[dict[str, str]] = {  # of this name, for captions
        "captioned clips": "clip_captioner", "pairs": "lrcn_captioner",
    }  # fmt: skip
    axes = 3
    smallest = (2, 1, 1)
    heads = ("fc",)
    usual = (16, 64, 64)

    def __init__(
        self, name: str, num_classes: int = 10, in_channels: int = 3, hidden_size: int = 64,
        num_layers: int = 1, cell: str = "lstm", pooling: str = "mean", dropout: float = 0.5,
        width: float = 1.0, window: int = 16, shift: float = 0.1, zoom: float = 0.1, mirror: bool = True,
        motion: bool = True,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        self.pooling = one_of("pooling", pooling, POOLINGS)
        self.views = ClipViews(window, shift, zoom, mirror, motion)
        self.frame = FrameNetwork(in_channels, width)
        self.vector = nn.Linear(self.frame.out_features, hidden_size)
        self.relu, self.dropout = nn.ReLU(inplace=True), Dropout(dropout)
        between = dropout if num_layers != 1 else 0.0
        self.recurrent = recurrent(
            cell, hidden_size, hidden_size, num_layers, batch_first=True, dropout=between
        )
        self.fc = nn.Linear(hidden_size, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes."""
        seen = self.views(x)
        n, _, t = seen.shape[:3]
        v = self.relu(self.vector(self.frame(seen.transpose(1, 2).flatten(0, 1))))  # (N V T, hidden)
        h, _ = self.recurrent(self.dropout(v).view(n, t, -1))
        read = h.mean(1) if self.pooling == "mean" else h[:, -1]
        return self.views.mean(self.fc(self.dropout(read)), x.shape[2])

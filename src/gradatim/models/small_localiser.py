"""A small network that says what the one object in a picture is, and where (curriculum D32)."""

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from gradatim.checks import whole
from gradatim.models.network import Network
from gradatim.models.picture_maps import PictureMaps
from gradatim.nn.dropout import Dropout

FIELDS = 4  # rows and columns of the maps' means
SMALLER = 0.1  # weights of the outputs


class SmallLocaliser(Network):
    """A class and a box by regression (after Sermanet et al. 2014, OverFeat): convolutions, then two dense
    layers that see where on the maps something is.

        maps:  stages of two 3×3 convolutions with batch norm and ReLU and a 2×2 max pool, on 16, 32, 64
               channels; their means over the fields of a 4×4 grid
        dense: `hidden_units` with batch norm and ReLU, dropout, and num_classes outputs: K scores, four edges

    Shapes: x (N, in_channels, H, W) → (N, num_classes), any H and W.

    `stages` takes so many of four. `width` multiplies the channels of every layer. The paper has dense layers
    of 4,096 and 1,024 units in front of the edges, and a layer of edges for every class.

    Raises UsageError for an argument that cannot be used, and for pictures of other channels.
    """

    heads = ("out",)
    usual = 64

    def __init__(
        self, name: str, num_classes: int = 14, in_channels: int = 1, stages: int = 3, width: float = 1.0,
        hidden_units: int = 128, dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__(name, num_classes, in_channels)
        self.maps = PictureMaps(in_channels, stages, width)
        inputs = self.maps.channels * FIELDS**2
        self.dense = nn.Linear(inputs, whole("hidden_units", hidden_units, 1), bias=False)
        self.norm = nn.BatchNorm1d(hidden_units)
        self.relu, self.dropout = nn.ReLU(), Dropout(dropout)
        self.out = nn.Linear(hidden_units, num_classes)

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw every weight by (seed, its name), those of the outputs a tenth as large."""
        super().draw_parameters(seed, prefix)
        with torch.no_grad():
            self.out.weight *= SMALLER

    def forward(self, x: Tensor) -> Tensor:
        """Scores of the classes, and the edges of the box."""
        fields = adaptive_avg_pool2d(self.maps(x), FIELDS).flatten(1)
        return self.out(self.dropout(self.relu(self.norm(self.dense(fields)))))

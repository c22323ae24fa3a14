"""A picture as the maps of a small convolutional network: a vector of numbers at every place."""

from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from gradatim.device import in_order
from gradatim.models.small_cnn import Convolution, channels_of
from gradatim.nn.dense import Dense
from gradatim.nn.initialise import draw_inside

GRID = 3  # rows and columns of the means that a picture's one vector is made of


class PictureMaps(nn.Module):
    """The stages of `SmallCNN`, without its mean over all pixels: places in place of classes.

    Shapes: x (N, in_channels, H, W) → (N, C, ⌈H/2ˢ⌉, ⌈W/2ˢ⌉) of s `stages`; C is `channels`.

    >>> import torch
    >>> PictureMaps(3, stages=2)(torch.zeros(1, 3, 9, 12)).shape
    torch.Size([1, 32, 3, 3])
    """

    def __init__(self, in_channels: int, stages: int = 3, width: float = 1.0):
        super().__init__()
        layers: list[nn.Module] = []
        inputs = in_channels
        for outputs in channels_of(stages, width):
            layers += [Convolution(inputs, outputs), Convolution(outputs, outputs)]
            layers.append(nn.MaxPool2d(2, ceil_mode=True))
            inputs = outputs
        self.features = nn.Sequential(*layers)
        self.channels = inputs

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw every weight by (seed, its name), as the networks of pictures do."""
        draw_inside(self, "he_normal", seed, prefix)

    def forward(self, x: Tensor) -> Tensor:
        """The last stage's maps."""
        return self.features(in_order(x, self))


class PictureVector(nn.Module):
    """A picture as one vector: the means of its maps over the nine fields of a 3×3 grid, and a dense layer.

        v = W [mean of a over field 1; …; mean of a over field 9] + b

    Shapes: a (N, C, h, w) → v (N, out_features). The grid keeps where things are, which a mean over the whole
    picture loses.
    """

    def __init__(self, channels: int, out_features: int):
        super().__init__()
        self.dense = Dense(channels * GRID * GRID, out_features, init="xavier_uniform")

    def forward(self, a: Tensor) -> Tensor:
        """V."""
        return self.dense(adaptive_avg_pool2d(a, GRID).flatten(1))

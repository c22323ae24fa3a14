"""The small convolutional network that looks at one frame of a clip."""

from itertools import pairwise

from torch import nn

from gradatim.models.network import scale_channels
from gradatim.nn.initialise import draw_inside

CHANNELS = (16, 32, 64, 64)  # of the stages, each of which halves the frame
LEFT = 4  # pixels a side that are left of a frame


class FrameNetwork(nn.Sequential):
    """φ: four 3×3 convolutions with stride 2, batch norm and ReLU, the largest of each of 4×4 parts.

    Shapes: (N, in_channels, H, W) → (N, out_features), 16 numbers a channel of the last stage; `width`
    multiplies the channels of every stage. Without `batch_norm` convolutions have biases in its place: a
    batch of few pictures would be normalised by whoever else is in it.

    >>> FrameNetwork(3).out_features
    1024
    """

    def __init__(self, in_channels: int, width: float = 1.0, batch_norm: bool = True):
        channels = [in_channels, *(scale_channels(c, width) for c in CHANNELS)]
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(channels):
            layers.append(nn.Conv2d(inputs, outputs, 3, 2, padding=1, bias=not batch_norm))
            layers += [nn.BatchNorm2d(outputs)] if batch_norm else []
            layers.append(nn.ReLU(inplace=True))
        super().__init__(*layers, nn.AdaptiveMaxPool2d(LEFT), nn.Flatten())
        self.out_features = channels[-1] * LEFT**2

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw every weight by (seed, its name), as the networks of clips do."""
        draw_inside(self, "he_normal", seed, prefix)

"""What hears frames of sound: convolutions, a flat stack of recurrent layers, or the pyramid."""

from collections.abc import Sequence

from torch import Tensor, nn

from gradatim.checks import UsageError, one_of
from gradatim.models.cells import recurrent
from gradatim.models.strided_convolutions import StridedConvolutions
from gradatim.nn.pyramid import Pyramid

LISTENERS = ("convolutions", "flat", "pyramid")


class Listener(nn.Module):
    """Frames of sound as fewer vectors, each of what is heard around it.

        convolutions: c = StridedConvolutions(x), then `num_layers` layers in both directions
        flat:         `num_layers` layers in both directions over every frame
        pyramid:      the same, each over pairs of steps of the one below: `nn.Pyramid` (Chan et al. 2016)

    Shapes: x (N, T, M), lengths (N,) → h (N, T′, 2H), 0 at padding, and its lengths: T′ is ⌈T/4⌉ of two
    convolutions, T of the flat stack, ⌈T/2^(num_layers − 1)⌉ of the pyramid.

    Raises UsageError for a listener that there is not, and for other inputs.
    """

    def __init__(
        self, kind: str, in_features: int, hidden_size: int, num_layers: int, cell: str,
        channels: Sequence[int], dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        self.kind, self.in_features = one_of("listener", kind, LISTENERS), in_features
        self.convolutions = None
        if kind == "convolutions":
            self.convolutions = StridedConvolutions(in_features, channels, dropout=dropout)
            in_features = channels[-1]
        if kind == "pyramid":
            self.recurrent = Pyramid(in_features, hidden_size, num_layers, cell, batch_first=True)
        else:
            self.recurrent = recurrent(
                cell, in_features, hidden_size, num_layers, batch_first=True, bidirectional=True
            )

    def forward(self, x: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Every h, and how many each recording has."""
        if x.ndim != 3 or x.shape[2] != self.in_features or not x.is_floating_point():
            got = f"it got {x.dtype} of shape {tuple(x.shape)}"
            raise UsageError(f"the network hears frames (recordings, steps, {self.in_features}); {got}")
        if self.convolutions is not None:
            x, lengths = self.convolutions(x, lengths)
        if self.kind == "pyramid":
            return self.recurrent(x, lengths)
        return self.recurrent(x, lengths=lengths)[0], lengths

"""Group normalisation, and of every channel by itself."""

from math import prod

from gradatim.by_hand.layers.normalisation import Normalisation
from gradatim.checks import real, whole
from gradatim.functional.initialisers import Shape
from gradatim.functional.normalised import check_channels, check_divided, check_places


class GroupNorm(Normalisation):
    """Group normalisation (Wu & He 2018): a row is the channels of a group at all places of an example.

    Shapes: x (N, num_channels, …) → the same; γ, β (num_channels,).
    """

    def __init__(self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True):
        super().__init__()
        self.num_groups, self.num_channels = check_divided(num_groups, num_channels)
        self.eps = real("eps", eps, above=0)
        if affine:
            self.shapes = {name: (self.num_channels,) for name in ("weight", "bias")}  # type: ignore[misc]

    def check(self, shape: Shape) -> None:
        """The batch has the channels that the layer was made for."""
        check_channels("group_norm", self.num_channels, shape)

    def row(self, shape: Shape) -> int:
        """The numbers of a group."""
        return prod(shape[1:]) // self.num_groups

    def gain_shape(self, shape: Shape) -> Shape:
        """Along the channels."""
        return (1, self.num_channels, *(1,) * (len(shape) - 2))


class InstanceNorm(GroupNorm):
    """Instance normalisation (Ulyanov, Vedaldi & Lempitsky 2016): every channel is a group.

    Shapes: x (N, num_features, …) → the same; γ, β (num_features,), only with `affine`.
    """

    def __init__(self, num_features: int, eps: float = 1e-5, affine: bool = False):
        self.num_features = whole("num_features", num_features, 1)
        super().__init__(self.num_features, self.num_features, eps, affine)

    def check(self, shape: Shape) -> None:
        """The batch has the layer's channels, each of more than one number."""
        check_channels("instance_norm", self.num_channels, shape, axes=3)
        check_places(shape)

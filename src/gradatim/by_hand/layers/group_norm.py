"""Group normalisation, and of every channel by itself."""

from math import prod

import numpy as np

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

    With `track_running_stats` the means over the examples of μ and σ² m/(m − 1) are followed while training,
    with momentum ρ, and normalise in evaluation: there y = γ (x − μ)/s + β with constants, ∂L/∂x = γ g/s.

    Shapes: x (N, num_features, …) → the same; γ, β (num_features,), only with `affine`.
    """

    def __init__(
        self, num_features: int, eps: float = 1e-5, affine: bool = False, momentum: float = 0.1,
        track_running_stats: bool = False,
    ):  # fmt: skip
        self.num_features = whole("num_features", num_features, 1)
        super().__init__(self.num_features, self.num_features, eps, affine)
        self.momentum = real("momentum", momentum, at_least=0)
        self.of_its_own = True  # whether the numbers of an example normalise it
        if track_running_stats:
            self.memory = {
                "running_mean": np.zeros(self.num_features), "running_var": np.ones(self.num_features),
                "num_batches_tracked": np.zeros((), np.int64),
            }  # fmt: skip

    def check(self, shape: Shape) -> None:
        """The batch has the layer's channels, each of more than one number."""
        check_channels("instance_norm", self.num_channels, shape, axes=3)
        if self.of_its_own:
            check_places(shape)

    def forward(self, x: np.ndarray, training: bool = False) -> np.ndarray:
        """The normalised numbers."""
        self.of_its_own = training or not self.memory
        y = super().forward(x, training)
        if training and self.memory and x.size:
            self._follow(x.reshape(len(x), self.num_features, -1))
        return y

    def _follow(self, rows: np.ndarray) -> None:
        m = rows.shape[2]
        for name, value in (("running_mean", rows.mean(2)), ("running_var", rows.var(2) * (m / (m - 1)))):
            self.memory[name] *= 1 - self.momentum
            self.memory[name] += self.momentum * value.mean(0)

    def statistics(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """μ and σ² of each row, its own or the running ones of its channel."""
        if self.of_its_own:
            return super().statistics(rows)
        n = len(rows) // self.num_features
        held = (self.memory[name].astype(rows.dtype) for name in ("running_mean", "running_var"))
        mean, var = (np.tile(values, n)[:, None] for values in held)
        return mean, var

"""Layer normalisation, and by the root mean square."""

from collections.abc import Sequence
from math import prod

from gradatim.by_hand.layers.normalisation import Normalisation
from gradatim.checks import real
from gradatim.functional.initialisers import Shape
from gradatim.functional.normalised import check_last_axes, last_axes


class LayerNorm(Normalisation):
    """Layer normalisation (Ba, Kiros & Hinton 2016): a row is the last axes of an example.

    Shapes: x (N, …, *normalized_shape) → the same; γ, β normalized_shape.
    """

    name = "layer_norm"
    eps: float | None

    def __init__(
        self, normalized_shape: int | Sequence[int], eps: float = 1e-5, elementwise_affine: bool = True,
        bias: bool = True,
    ):  # fmt: skip
        super().__init__()
        self.normalized_shape = last_axes(normalized_shape)
        self.eps = real("eps", eps, above=0)
        given = ("weight", "bias") if bias else ("weight",)
        if elementwise_affine:
            self.shapes = {name: self.normalized_shape for name in given}  # type: ignore[misc]

    def check(self, shape: Shape) -> None:
        """The batch ends in the sizes that the layer was made for."""
        check_last_axes(self.name, self.normalized_shape, shape)

    def row(self, shape: Shape) -> int:
        """The numbers of the last axes."""
        return prod(self.normalized_shape)

    def gain_shape(self, shape: Shape) -> Shape:
        """As the last axes."""
        return self.normalized_shape


class RMSNorm(LayerNorm):
    """Root mean square normalisation (Zhang & Sennrich 2019): layer normalisation without μ and β.

        y = γ ⊙ x̂,   x̂ = x/s,   s = √(1/m Σ_i x_i² + ε);   ∂L/∂x_i = 1/s (h_i − x̂_i 1/m Σ_j h_j x̂_j)

    Shapes: x (N, …, *normalized_shape) → the same; γ normalized_shape. ε of None is the precision's own.
    """

    name, centred = "rms_norm", False

    def __init__(
        self, normalized_shape: int | Sequence[int], eps: float | None = None, elementwise_affine: bool = True
    ):
        super().__init__(normalized_shape, 1.0 if eps is None else eps, elementwise_affine, bias=False)
        self.eps = None if eps is None else self.eps

"""Operations that move pixels: flips, crops, turns, scales."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gradatim.checks import UsageError, one_of, real, whole
from gradatim.data.augmentation import moves
from gradatim.data.augmentation.draws import Draws
from gradatim.data.augmentation.operation import Move


@dataclass(frozen=True)
class Flip(Move):
    """Mirrored, with probability p: left and right, or with axis=vertical top and bottom; axis=both draws
    for each. For what is the same thing in a mirror: a cat, and no digit (Krizhevsky et al. 2012, 4.1).

        x′[i, j] = x[i, W − 1 − j] with probability p, else x[i, j]

    Raises UsageError for a p outside [0, 1] or another axis.
    """

    name: ClassVar[str] = "flip"
    whole: ClassVar[bool] = True
    p: float = 0.5
    axis: str = "horizontal"

    def __post_init__(self) -> None:
        real("p of flip", self.p, at_least=0, at_most=1)
        one_of("axis of flip", self.axis, ("horizontal", "vertical", "both"))

    def maps(self, draws: Draws, size: tuple[int, int]) -> np.ndarray:
        """A = diag(±1, ±1)."""
        found = moves.identity(len(draws))
        for i, axis in enumerate(("vertical", "horizontal")):
            if self.axis in (axis, "both"):
                found[:, i, i] = np.where(draws.happens(axis, self.p), -1, 1)
        return found


@dataclass(frozen=True)
class Crop(Move):
    """A crop of the picture with `pad` pixels around it, anywhere: the picture shifted by up to `pad` pixels
    down or up and to a side, each as likely (He et al. 2016, section 4.2: 4 of 32 pixels).

        x′[i, j] = x[i + d, j + r],   d, r whole numbers of −pad … pad

    An eighth of the shorter side where no `pad` is given. Around the picture there are zeros, the mean of
    every channel of standardised pictures; with masks there are picture and mask again, mirrored. Raises
    UsageError for a pad as large as the picture.
    """

    name: ClassVar[str] = "crop"
    whole: ClassVar[bool] = True
    pad: int | None = None

    def __post_init__(self) -> None:
        if self.pad is not None:
            whole("pad of crop", self.pad, 0)

    def check(self, size: tuple[int, int]) -> None:
        """The picture stays in sight."""
        if self.pad is not None and self.pad >= min(size):
            raise UsageError(f"pad of crop must be below the {min(size)} pixels of a side; it is {self.pad}")

    def maps(self, draws: Draws, size: tuple[int, int]) -> np.ndarray:
        """B = (dy, dx)."""
        pad = max(1, round(min(size) / 8)) if self.pad is None else self.pad
        return moves.shift(draws.whole("down", -pad, pad), draws.whole("right", -pad, pad))


@dataclass(frozen=True)
class ResizedCrop(Move):
    """A part of the picture, stretched to its size: a share of its area from `area` to 1, and a shape from
    3/4 to 4/3 of the picture's, on a logarithmic scale (Szegedy et al. 2015, "Going deeper with
    convolutions", section 6).

        x′(p) = x(A p + b),   A = diag(h, w),   h w = area,   h/w = shape,   p from the picture's middle

    A side that would be longer than the picture's is as long. Raises UsageError for an area outside (0, 1].
    """

    name: ClassVar[str] = "resized_crop"
    area: float = 0.08

    def __post_init__(self) -> None:
        real("area of resized_crop", self.area, above=0, at_most=1)

    def maps(self, draws: Draws, size: tuple[int, int]) -> np.ndarray:
        """A = diag(h, w), shares of the sides; b puts the part anywhere inside."""
        area = draws.uniform("area", self.area, 1.0)
        shape = np.exp(draws.uniform("shape", -np.log(4 / 3), np.log(4 / 3)))
        sides = np.minimum(1.0, np.stack([np.sqrt(area / shape), np.sqrt(area * shape)], 1))
        found = moves.linear(sides[:, :, None] * np.eye(2))
        found[:, :, 2] = (draws.several("place", 2) - 0.5) * (1 - sides) * size
        return found


@dataclass(frozen=True)
class Turn(Move):
    """Turned by none, one, two or three right angles, each as likely: for what has no upper side, such as
    cells under a microscope.

        x′(p) = x(Rᵏ p),   R a quarter turn,   k of 0, 1, 2, 3

    Pixels are copied. Raises UsageError for pictures that are not square.
    """

    name: ClassVar[str] = "turn"
    whole: ClassVar[bool] = True

    def check(self, size: tuple[int, int]) -> None:
        """A turned picture is as high as it is wide."""
        if size[0] != size[1]:
            raise UsageError(
                f"turn is for square pictures; these are {size[0]} pixels high and {size[1]} wide: "
                "take rotate"
            )

    def maps(self, draws: Draws, size: tuple[int, int]) -> np.ndarray:
        """A, a quarter turn to a power."""
        return moves.quarter_turns(draws.whole("turns", 0, 3))


@dataclass(frozen=True)
class Rotate(Move):
    """With probability p rotated around its middle by an angle between −degrees and degrees (15), each as
    likely. A rotated picture is a little blurred; below 1, p shows sharp ones, too.

        x′(p) = x(R(φ) p),   R(φ) = (cos φ  sin φ; −sin φ  cos φ),   p from the picture's middle, y first

    Raises UsageError for an angle outside (0, 180] or a p outside [0, 1].
    """

    name: ClassVar[str] = "rotate"
    degrees: float = 15.0
    p: float = 1.0

    def __post_init__(self) -> None:
        real("degrees of rotate", self.degrees, above=0, at_most=180)
        real("p of rotate", self.p, at_least=0, at_most=1)

    def maps(self, draws: Draws, size: tuple[int, int]) -> np.ndarray:
        """A, a rotation."""
        angle = draws.uniform("angle", -self.degrees, self.degrees)
        return moves.rotation(angle * draws.happens("rotates", self.p))


@dataclass(frozen=True)
class Scale(Move):
    """Smaller or larger around its middle, by a factor between 1/by and by (1.25) on a logarithmic scale.

        x′(p) = x(p/s),   ln s even between −ln by and ln by,   p from the picture's middle

    Raises UsageError for a factor outside (1, 10].
    """

    name: ClassVar[str] = "scale"
    by: float = 1.25

    def __post_init__(self) -> None:
        real("by of scale", self.by, above=1, at_most=10)

    def maps(self, draws: Draws, size: tuple[int, int]) -> np.ndarray:
        """A = 1/factor."""
        factor = np.exp(draws.uniform("factor", -np.log(self.by), np.log(self.by)))
        return moves.linear(np.eye(2) / factor[:, None, None])

"""TrivialAugment: one operation a picture, of any strength."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from gradatim.data.augmentation import colour, moves, tones
from gradatim.data.augmentation.draws import Draws
from gradatim.data.augmentation.operation import Change, Move, Operation, Pictures

if TYPE_CHECKING:
    from torch import Tensor

LEVELS = 31  # of strength, 0 … 30

# The wide search space: Müller & Hutter 2021, table 1. What strength 30 is; each may be its opposite too.
MOVES: dict[str, tuple[float, Callable[[np.ndarray], np.ndarray]]] = {
    "shear_x": (0.99, lambda s: _shear(s, 1, 0)),
    "shear_y": (0.99, lambda s: _shear(s, 0, 1)),
    "translate_x": (32.0, lambda s: moves.shift(0 * s, s)),
    "translate_y": (32.0, lambda s: moves.shift(s, 0 * s)),
    "rotate": (135.0, moves.rotation),
}
ENHANCE: dict[str, Callable[["Tensor", np.ndarray], "Tensor"]] = {  # by a factor from 0.01 to 1.99
    "brightness": colour.brightness,
    "saturation": colour.saturation,
    "contrast": colour.contrast,
    "sharpness": tones.sharpness,
}
TONES: dict[str, Callable[["Tensor", np.ndarray], "Tensor"]] = {  # by a strength of 0 … 1
    "identity": lambda v, s: v,
    "autocontrast": lambda v, s: tones.autocontrast(v),
    "equalize": lambda v, s: tones.equalize(v),
    "posterize": lambda v, s: tones.posterize(v, 8 - np.rint(6 * s)),
    "solarize": lambda v, s: tones.solarize(v, 255 * (1 - s)),
}
NAMES = (*TONES, *ENHANCE, *MOVES)


def _shear(strength: np.ndarray, row: int, column: int) -> np.ndarray:
    """Maps that shear: one entry of A beside the identity."""
    found = moves.identity(len(strength))
    found[:, row, column] = strength
    return found


@dataclass(frozen=True)
class TrivialAugment(Operation):
    """One of 14 operations for each picture, each as likely, with one of 31 strengths, each as likely
    (Müller & Hutter 2021, "TrivialAugment: Tuning-free yet state-of-the-art data augmentation"; the wide
    search space).

        x′ = a(x; ± m/30),   a of 14 operations,   m of 0 … 30

    Identity, autocontrast, equalize, posterize (to 8 … 2 bits), solarize (from 255 … 0 on); brightness,
    saturation, contrast and sharpness (factors 1 ± 0.99); shears (± 0.99), shifts (± 32 pixels) and rotation
    (± 135°). Where the authors' program takes the nearest pixel, bilinear interpolation stands here, and
    pictures turn around their middle.
    """

    name: ClassVar[str] = "trivial_augment"

    def parts(self) -> tuple[Operation, ...]:
        """Where pixels go, with which masks go too, and then their tones."""
        return TrivialMove(), TrivialTones()


def choose(draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """The number of each picture's operation, and its strength from −1 to 1."""
    chosen = draws.whole("operation", 0, len(NAMES) - 1)
    strength = draws.whole("strength", 0, LEVELS - 1) / (LEVELS - 1)
    return chosen, np.where(draws.happens("opposite", 0.5), -strength, strength)


class TrivialMove(Move):
    """The map of a picture that drew an operation which moves pixels."""

    name: ClassVar[str] = "trivial_augment"

    def maps(self, draws: Draws, size: tuple[int, int]) -> np.ndarray:
        """Each operation's for the pictures that drew it; the others stay."""
        chosen, strength = choose(draws)
        found = moves.identity(len(draws))
        for name, (most, made_by) in MOVES.items():
            some = chosen == NAMES.index(name)
            found[some] = made_by(most * strength[some])
        return found


class TrivialTones(Change):
    """The change of a picture that drew an operation on tones."""

    name: ClassVar[str] = "trivial_augment"

    def change(self, x: "Tensor", draws: Draws, pictures: Pictures) -> "Tensor":
        """Each operation on the pictures that drew it."""
        import torch

        chosen, strength = choose(draws)
        found = x.clone()
        for name in (*TONES, *ENHANCE):
            some = np.flatnonzero(chosen == NAMES.index(name))
            if len(some) and name != "identity":
                at = torch.from_numpy(some).to(x.device)
                found[at] = apply(name, x[at], strength[some], pictures)
        return found


def apply(name: str, x: "Tensor", strength: np.ndarray, pictures: Pictures) -> "Tensor":
    """One operation on tones by its name, of strengths from −1 to 1, whose sign not all have."""
    v = pictures.as_shares(x)
    if name in ENHANCE:
        return pictures.as_held(ENHANCE[name](v, 1 + 0.99 * strength))
    return pictures.as_held(TONES[name](v, np.abs(strength)))

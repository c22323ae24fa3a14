"""The recipe for pictures with masks: how long their network learns and what it sees, by the pictures.

The figures are in docs/log/planning.md, "The recipe for masks".
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradatim.functional.void import VOID, known_pixels
from gradatim.planning.picture_recipe import narrow_is_quicker

if TYPE_CHECKING:
    from gradatim.planning.defaults import Recipe
    from gradatim.planning.draft import Draft

WORK = 8e8  # pixels that are shown in all epochs, eight to twelve minutes on two cores of 2023
FEWEST, MOST = 4, 100  # epochs
BATCHES, PER_BATCH = (2, 32), 1 << 20  # the smallest and the largest, and pixels
STEPS = 10  # an epoch, where there are enough pictures
LOOKED_AT = 200  # masks
ALIKE = 0.1  # of all pixels, that the classes of the upper and of the lower halves may differ by


def fit_to_masks(recipe: "Recipe", draft: "Draft") -> "Recipe":
    """The recipe with what hangs on the pictures: turns where up and down are alike; and where no network is
    asked for, epochs and batches by their number and size, precision by the processor.
    """
    train = draft.train
    height, width = train.shape[-2:]
    found = upright(train.y)
    settings = {**recipe.settings, "augment": seen(found, height, width)}
    reasons = {"augment": f"upper and lower halves have other classes at {found:.0%} of their pixels"}
    if draft.model is not None:
        return replace(recipe, settings=settings, reasons=reasons)
    settings["batch_size"], settings["epochs"] = batch_and_epochs(len(train), height * width)
    settings["schedule"] = "one_cycle"
    size = f"{len(train):,} pictures of {height}×{width}"
    reasons["batch_size"] = f"of {size}"
    reasons["epochs"] = f"of {size}, eight to twelve minutes on two cores at the most"
    if settings["epochs"] == FEWEST:
        reasons["epochs"] = f"the fewest, and of {size} they may take long; --max-minutes sets a limit"
    if narrow_is_quicker(draft.settings.device):
        settings["precision"] = "bfloat16"
        reasons["precision"] = "this processor multiplies its numbers twice as fast"
    return replace(recipe, settings=settings, reasons=reasons)


def batch_and_epochs(pictures: int, pixels: int) -> tuple[int, int]:
    """How many pictures make a batch, and how often all are shown.

    >>> batch_and_epochs(22, 512 * 512), batch_and_epochs(1000, 256 * 256), batch_and_epochs(10_000, 64 * 64)
    ((2, 100), (16, 12), (32, 19))
    """
    batch = min(pictures // STEPS, PER_BATCH // pixels)
    epochs = int(WORK // max(pictures * pixels, 1))
    return int(np.clip(batch, *BATCHES)), int(np.clip(epochs, FEWEST, MOST))


def seen(difference: float, height: int, width: int) -> str:
    """The policy of augmentation, by what upper and lower halves differ by.

    >>> seen(0.85, 360, 480), seen(0.01, 360, 480), seen(0.01, 512, 512)
    ('flip+scale', 'flip:axis=both+scale', 'flip:axis=both+turn+scale')
    """
    if difference > ALIKE:
        return "flip+scale"
    return "flip:axis=both+turn+scale" if height == width else "flip:axis=both+scale"


def upright(y: np.ndarray) -> float:
    """What share of the pixels of upper and lower halves is of other classes, of masks (N, H, W).

        ½ Σ_k |u_k − l_k|,   u_k, l_k the shares of class k in all upper and in all lower halves

    >>> upright(np.array([[[0], [1]], [[0], [1]]])), upright(np.zeros((3, 4, 4), int))
    (1.0, 0.0)
    """
    some = y[np.unique(np.linspace(0, len(y) - 1, LOOKED_AT).astype(int))]
    half = some.shape[1] // 2
    upper, lower = (_shares(part) for part in (some[:, :half], some[:, some.shape[1] - half :]))
    return float(np.abs(upper - lower).sum() / 2)


def _shares(y: np.ndarray) -> np.ndarray:
    """The share (VOID,) of every class number in what is known."""
    counts = np.bincount(y[known_pixels(y)].ravel(), minlength=VOID)
    return counts / max(int(counts.sum()), 1)

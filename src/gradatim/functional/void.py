"""Pixels of a mask whose class is not known: VOID in the class numbers y, which is no class.

Losses skip them: their value and their gradient there are 0, and a picture's loss is the mean over the
pixels that are known, 0 where none is:

    l = Σ_{y_p ≠ VOID} l_p / max(|{p : y_p ≠ VOID}|, 1)

The number is that of Pascal VOC's masks (Everingham et al. 2010).
"""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

VOID = 255  # in class numbers, which are bytes: masks have 255 classes at most
NONE = -100  # torch's, where every number is a class


def known_pixels(y: np.ndarray) -> np.ndarray:
    """Which pixels have a class, of masks (…, H, W) of class numbers.

    >>> known_pixels(np.array([[0, 255]])).tolist()
    [[True, False]]
    """
    return np.asarray(y) != VOID


def known_shares(y: np.ndarray) -> np.ndarray | None:
    """The share (N,) of pixels that have a class, of masks (N, H, W); None where all have one."""
    known = known_pixels(y)
    return None if known.all() else known.reshape(len(y), -1).mean(1)


def skipped(a: "Tensor", y: "Tensor") -> int:
    """The target that is no class, of scores a (N, K, …): VOID in masks (N, H, W) of whole numbers, where no
    class can have that number.
    """
    is_mask = y.ndim == 3 and not y.is_floating_point() and 1 < a.shape[1] <= VOID
    return VOID if is_mask else NONE


def mean_of_known(loss: "Tensor", a: "Tensor", y: "Tensor") -> "Tensor":
    """The loss of each example, (N,), of the losses at its places (N, …), which are 0 where they are skipped:
    the mean over the places that are known; 0 where none is.
    """
    if loss.ndim == 1:
        return loss
    void: Any = skipped(a, y)
    if void == NONE:
        return loss.flatten(1).mean(1)
    return loss.flatten(1).sum(1) / (y != void).flatten(1).sum(1).clamp_min(1)

"""What a fully convolutional network says of a picture of any size, piece by piece (curriculum D19)."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

TILE, MARGIN = 512, 96  # pixels; the margin is what small_fcn sees around a pixel twice over, U-Net once
STRIDE = 32  # how many pixels the networks here halve to one, at most


class Stretch(NamedTuple):
    """Where a tile lies along an axis, and which part of it is kept."""

    start: int
    stop: int
    first: int
    last: int


def stretches(length: int, tile: int = TILE, margin: int = MARGIN) -> Iterator[Stretch]:
    """Tiles along an axis: what is kept of each is `margin` from its ends, but for the picture's own ends.

    >>> [tuple(one) for one in stretches(160, 96, 32)]
    [(0, 96, 0, 64), (32, 128, 64, 96), (64, 160, 96, 160)]
    """
    starts = [*range(0, length - tile, tile - 2 * margin), max(0, length - tile)]
    ends = [min(start + tile, length) for start in starts]
    cuts = [0, *((nxt + end) // 2 for nxt, end in zip(starts[1:], ends, strict=False)), length]
    yield from map(Stretch, starts, ends, cuts, cuts[1:])


def tiled(
    outputs: Callable[[np.ndarray], np.ndarray], x: np.ndarray, tile: int = TILE, margin: int = MARGIN
) -> np.ndarray:  # fmt: skip
    """The outputs (K, H, W) for a picture (C, H, W), by tiles that overlap.

    Of every tile the middle is kept (Ronneberger, Fischer & Brox 2015, figure 2, whose tiles lose their
    margin by themselves). Tiles begin at multiples of 32 pixels, so that their pools fall where those of the
    whole picture do: where nothing further away than `margin` decides a pixel, the outputs are those for
    the whole picture. That is mirrored at its right and lower end until its sides are multiples of 32; a
    picture no larger than a tile is neither mirrored nor cut.

    `outputs` gives (N, K, h, w) for (N, C, h, w); `tile` and `margin` are multiples of 32.
    """
    height, width = x.shape[1:]
    if height <= tile and width <= tile:
        return outputs(x[None])[0]
    whole = np.pad(x, ((0, 0), (0, -height % STRIDE), (0, -width % STRIDE)), "symmetric")
    found: np.ndarray | None = None
    for i in stretches(whole.shape[1], tile, margin):
        for j in stretches(whole.shape[2], tile, margin):
            part = outputs(whole[None, :, i.start : i.stop, j.start : j.stop])[0]
            if found is None:
                found = np.empty((len(part), *whole.shape[1:]), part.dtype)
            kept = part[:, i.first - i.start : i.last - i.start, j.first - j.start : j.last - j.start]
            found[:, i.first : i.last, j.first : j.last] = kept
    assert found is not None
    return found[:, :height, :width]

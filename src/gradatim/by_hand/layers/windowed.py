"""What layers that look through a window share."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from gradatim.by_hand.layers.layer import Layer
from gradatim.functional.windows import Sizes, Window, check_pictures


class Windowed(Layer):
    """A layer that looks at a picture through a window, from place to place.

    The pictures, padded, lie as (C, …, N). What the window's number k sees from all of its places is one
    view of them, x[S m + D k] for every m: so a sum over the window is a sum of few large arrays, and what
    comes back is added into the same views.
    """

    axes: ClassVar[int]
    window: Window

    def __repr__(self) -> str:
        counts = [str(vars(self)[name]) for name in ("in_channels", "out_channels") if name in vars(self)]
        told = [*counts, self.window.told()]
        groups = vars(self).get("groups", 1)
        told += [f"groups={groups}"] if groups > 1 else []
        told += ["bias=False"] if counts and "bias" not in self.shapes else []
        mode = vars(self).get("padding_mode", "zeros")
        told += [f"padding_mode={mode}"] if mode != "zeros" else []
        return f"{type(self).__name__}({', '.join(told)})"

    def look(self, x: np.ndarray, channels: int | None = None) -> None:
        """Check the batch, and find the window's places on pictures of this size."""
        check_pictures(self.window.layer, x.shape, self.axes, channels)
        shape = x.shape[2:]
        if shape == getattr(self, "_shape", None):
            return
        self.stand(shape, self.window.places(shape), self.window.pads(shape))

    def stand(self, shape: Sizes, places: Sizes, pads: tuple[tuple[int, int], ...]) -> None:
        """Take these as the window's places on pictures of this size, with so much padded at both ends."""
        self.places = places
        self.padded_shape = tuple(n + before + after for n, (before, after) in zip(shape, pads, strict=True))
        self.inside = tuple(slice(before, before + n) for n, (before, _) in zip(shape, pads, strict=True))
        self._views = [self._view(offset) for offset in np.ndindex(*self.window.size)]
        self._shape = shape

    def _view(self, offset: Sizes) -> tuple[slice, ...]:
        steps = zip(offset, self.window.dilation, self.window.stride, self.places, strict=True)
        return (slice(None), *(slice(k * d, k * d + (n - 1) * s + 1, s) for k, d, s, n in steps))

    def padded(self, x: np.ndarray, outside: float = 0.0) -> np.ndarray:
        """The batch as (C, …, N) with its padding around it."""
        if self.padded_shape == self._shape:
            return self.inward("padded", x)
        before = self._buffers.get("padded")
        held = self.buffer("padded", (x.shape[1], *self.padded_shape, len(x)), x.dtype)
        if held is not before:
            held.fill(outside)  # the border stays; only the inside is written again
        held[(slice(None), *self.inside)] = x.transpose(*range(1, x.ndim), 0)
        return held

    def views(self, padded: np.ndarray) -> Iterator[np.ndarray]:
        """What each of the window's numbers sees from all places, (C, *places, N)."""
        for view in self._views:
            yield padded[view]

    def emptied(self, channels: int, n: int, dtype: np.dtype) -> np.ndarray:
        """Zeros for the padded picture's gradient."""
        held = self.buffer("dx", (channels, *self.padded_shape, n), dtype)
        held.fill(0)
        return held

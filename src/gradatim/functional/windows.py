"""Windows that slide over a picture: how many places there are, and what is padded (curriculum D6).

Along one axis of n numbers, a window of F numbers that lie D apart reaches over f = D(F − 1) + 1. With P
zeros at each end and a step of S it stands at ⌊(n − f + 2P)/S⌋ + 1 places, and what is left over is dropped.
"""

from collections.abc import Sequence
from typing import NamedTuple

from gradatim.checks import UsageError, plain_numbers, whole

Sizes = tuple[int, ...]
SAME = ("same", "same_lower")  # the odd one of what is padded stands behind, or in front


def places(n: int, reach: int, padding: int, stride: int, ceil: bool = False) -> int:
    """⌊(n − f + padding)/S⌋ + 1, `padding` being that of both ends together; 0 where no window fits.

    With `ceil` the window may stand over the far edge, as long as it begins in front of it.

    >>> [places(227, 11, 0, 4), places(32, 5, 2, 1), places(6, 3, 0, 2), places(6, 3, 0, 2, ceil=True)]
    [55, 30, 2, 3]
    """
    left = n + padding - reach
    if left < 0:
        return 0
    return left // stride + 1 + (1 if ceil and left % stride else 0)


def by_axis(name: str, value: object, axes: int, at_least: int) -> Sizes:
    """A whole number for each axis, from one number for all of them or a list.

    >>> by_axis("stride", 2, 2, 1), by_axis("stride", [1, 2], 2, 1)
    ((2, 2), (1, 2))
    """
    value = plain_numbers(value)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return (whole(name, value, at_least),) * axes
    if len(value) != axes:
        raise UsageError(f"{name} must be one number or {axes}, one for each axis; it is {value!r}")
    return tuple(whole(name, number, at_least) for number in value)


def times(sizes: Sequence[int]) -> str:
    """Sizes as one reads them.

    >>> times((5, 3))
    '5×3'
    """
    return "×".join(map(str, sizes)) or "nothing"


class Window(NamedTuple):
    """A window over some axes: its size, step and spacing, and what is padded; `layer` names it in errors.

    `padding` is a number for each axis, put at both ends, or "same": as TensorFlow pads, so that there are
    ⌈n/S⌉ places, half of the padding in front and the odd one behind; or "same_lower", the odd one in front
    (ONNX's SAME_LOWER). With `ceil` the last window may stand over the far edge, but begins inside the
    picture or the padding in front of it (torch's rule).
    """

    layer: str
    size: Sizes
    stride: Sizes
    padding: Sizes | str
    dilation: Sizes
    ceil: bool = False

    @property
    def reach(self) -> Sizes:
        """How far the window reaches along each axis, D(F − 1) + 1."""
        return tuple(d * (f - 1) + 1 for f, d in zip(self.size, self.dilation, strict=True))

    def places(self, shape: Sequence[int]) -> Sizes:
        """At how many places it stands along each axis; UsageError when it fits nowhere."""
        found = []
        for axis, (n, f, s) in enumerate(zip(shape, self.reach, self.stride, strict=True)):
            if isinstance(self.padding, str):
                found.append(-(-n // s))
                continue
            p = self.padding[axis]
            count = places(n, f, 2 * p, s, self.ceil)
            found.append(count - (self.ceil and count > 1 and (count - 1) * s >= n + p))
        if 0 in found:
            raise UsageError(self._too_small(shape))
        return tuple(found)

    def pads(self, shape: Sequence[int]) -> tuple[tuple[int, int], ...]:
        """How much to pad in front and behind on each axis, so that every window is whole."""
        found = []
        pairs = zip(shape, self.places(shape), self.reach, self.stride, strict=True)
        for axis, (n, count, f, s) in enumerate(pairs):
            total = max((count - 1) * s + f - n, 0)
            if isinstance(self.padding, str):
                few, more = total // 2, total - total // 2
                found.append((few, more) if self.padding == "same" else (more, few))
            else:
                p = self.padding[axis]
                found.append((p, max(p, total - p)))
        return tuple(found)

    def overlaps(self, shape: Sequence[int], padded: bool) -> list[list[int]]:
        """How many numbers of each window lie in the picture along each axis, or in it and its padding."""
        found = []
        for axis, (n, count) in enumerate(zip(shape, self.places(shape), strict=True)):
            s, steps = self.stride[axis], range(0, self.reach[axis], self.dilation[axis])
            before, after = self.pads(shape)[axis]
            if not isinstance(self.padding, str):
                after = self.padding[axis]
            low, high = (-before, n + after) if padded else (0, n)
            starts = [place * s - before for place in range(count)]
            found.append([sum(low <= start + step < high for step in steps) for start in starts])
        return found

    def told(self) -> str:
        """The arguments that it was made with, as far as they are not the commonest.

        >>> window("conv2d", 2, 3, 1, "same").told()
        'kernel_size=3, padding=same'
        """
        one, none = (1,) * len(self.size), (0,) * len(self.size)
        usual = {"stride": one if "conv" in self.layer or "connected" in self.layer else self.size,
                 "padding": none, "dilation": one}  # fmt: skip
        given = {"size": self.size} | {k: getattr(self, k) for k in usual if getattr(self, k) != usual[k]}
        words = [f"{'kernel_size' if k == 'size' else k}={_short(v)}" for k, v in given.items()]
        return ", ".join([*words, *(["ceil_mode=True"] if self.ceil else [])])

    def _too_small(self, shape: Sequence[int]) -> str:
        padding = (0,) * len(shape) if isinstance(self.padding, str) else self.padding
        least = [max(f - 2 * p, 1) for f, p in zip(self.reach, padding, strict=True)]
        padded = f" and padding {times(padding)}" if any(padding) else ""
        return (
            f"{self.layer} with a window of {times(self.reach)}{padded} needs examples of at least "
            f"{times(least)}; these are {times(shape)}"
        )


def _short(sizes: Sizes | str) -> str:
    return str(sizes[0] if not isinstance(sizes, str) and len(set(sizes)) == 1 else sizes)


def window(
    layer: str, axes: int, kernel_size: object, stride: object, padding: object, dilation: object = 1,
    ceil_mode: bool = False,
) -> Window:  # fmt: skip
    """The window of a layer's arguments, checked.

    >>> window("conv2d", 2, 3, 1, 1).pads((5, 5))
    ((1, 1), (1, 1))
    >>> window("conv2d", 2, 3, 2, "same").pads((6, 5)), window("conv2d", 2, 3, 2, "same_lower").pads((6, 5))
    (((0, 1), (1, 1)), ((1, 0), (1, 1)))
    """
    pads: Sizes | str
    if isinstance(padding, str):
        if padding not in SAME:
            raise UsageError(f"padding must be whole numbers, 'same' or 'same_lower'; it is {padding!r}")
        pads = padding
    else:
        pads = by_axis("padding", padding, axes, 0)
    return Window(
        layer, by_axis("kernel_size", kernel_size, axes, 1), by_axis("stride", stride, axes, 1), pads,
        by_axis("dilation", dilation, axes, 1), bool(ceil_mode),
    )  # fmt: skip


def check_pictures(layer: str, shape: Sequence[int], axes: int, channels: int | None = None) -> None:
    """UsageError unless a batch's shape is (N, C, and so many axes), with these channels."""
    if len(shape) != axes + 2:
        names = ("length",) if axes == 1 else ("depth", "height", "width")[-axes:]
        raise UsageError(
            f"{layer} takes batches (N, channels, {', '.join(names)}); examples of shape {tuple(shape[1:])} "
            "are not that"
        )
    if not shape[1]:
        raise UsageError(f"{layer} needs examples of a channel or more; these are {times(shape[1:])}")
    if channels is not None and shape[1] != channels:
        raise UsageError(f"{layer} of {channels} channels got examples of shape {tuple(shape[1:])}")


def check_groups(layer: str, groups: object, in_channels: int, out_channels: int) -> int:
    """The number of groups, if it divides both numbers of channels."""
    count = whole("groups", groups, 1)
    if in_channels % count or out_channels % count:
        raise UsageError(
            f"{layer} with {count} groups needs channels in multiples of {count}; there are {in_channels} in "
            f"and {out_channels} out"
        )
    return count

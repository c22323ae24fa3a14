"""Windows of transposed convolutions, which stand on the output: how large that is (curriculum D6)."""

from collections.abc import Sequence
from typing import NamedTuple

from gradatim.checks import UsageError
from gradatim.functional.windows import Sizes, Window, by_axis, check_pictures, times, window


class TransposedWindow(NamedTuple):
    """The window of the convolution that is transposed, and how much behind the output it does not see."""

    window: Window
    output_padding: Sizes

    def sizes(self, shape: Sequence[int], channels: int) -> Sizes:
        """Of the output, (n − 1) S − 2P + D(F − 1) + 1 + its own padding; UsageError where there is none.

        >>> transposed_window("conv_transpose2d", 2, 4, 2, 1, 0, 1).sizes((1, 3, 5, 7), 3)
        (10, 14)
        """
        w = self.window
        check_pictures(w.layer, shape, len(w.size), channels)
        assert not isinstance(w.padding, str)
        axes = zip(shape[2:], w.stride, w.padding, w.reach, self.output_padding, strict=True)
        found = tuple((n - 1) * s - 2 * p + f + o if n else 0 for n, s, p, f, o in axes)
        if min(found) < 1:
            raise UsageError(
                f"{w.layer} with a window of {times(w.reach)} and padding {times(w.padding)} has no output "
                f"for examples of {times(shape[2:])}"
            )
        return found

    def pads(self) -> tuple[tuple[int, int], ...]:
        """The window's padding at both ends of each axis of the output."""
        assert not isinstance(self.window.padding, str)
        return tuple((p, p) for p in self.window.padding)

    def told(self) -> str:
        """The arguments that it was made with, as far as they are not the commonest."""
        extra = f", output_padding={self.output_padding}" if any(self.output_padding) else ""
        return self.window.told() + extra


def transposed_window(
    layer: str, axes: int, kernel_size: object, stride: object, padding: object, output_padding: object,
    dilation: object,
) -> TransposedWindow:  # fmt: skip
    """The window of a layer's arguments, checked."""
    plain = window(layer, axes, kernel_size, stride, by_axis("padding", padding, axes, 0), dilation)
    behind = by_axis("output_padding", output_padding, axes, 0)
    for o, s, d in zip(behind, plain.stride, plain.dilation, strict=True):
        if o >= max(s, d):
            raise UsageError(
                f"output_padding must be below the stride or the dilation, {max(s, d)}; it is {o}"
            )
    return TransposedWindow(plain, behind)

"""Cross-correlation and true convolution of one picture with one kernel."""

from collections.abc import Sequence

import numpy as np

from gradatim.checks import whole
from gradatim.explain.traces.arguments import grid
from gradatim.explain.traces.convolving import convolve, picture, products_table
from gradatim.explain.traces.record import Beside, Line, Trace

PICTURE = ((1, 2, 3), (4, 5, 6), (7, 8, 9))
KERNEL = ((-1, -2, -1), (0, 0, 0), (1, 2, 1))


def conv_2d(
    x: Sequence[Sequence[float]] = PICTURE, kernel: Sequence[Sequence[float]] = KERNEL, stride: int = 1,
    padding: int = 1,
) -> Trace:  # fmt: skip
    """A picture and a kernel, cross-correlated and truly convolved, every product spelled out.

        cross-correlation   y[m, n] = Σ_kl h[k, l] x[S m + k − P, S n + l − P]
        true convolution    y[m, n] = Σ_ij x[i, j] h[m − i, n − j]:   the kernel turned around

    where x = 0 outside. Raises UsageError for what is no picture, or one smaller than the kernel.
    """
    rows, h = grid("x", x), grid("kernel", kernel)
    s, p = whole("stride", stride, 1), whole("padding", padding, 0)
    turned = np.flip(np.array(h))
    correlation, convolution = convolve(rows, h, s, p), convolve(rows, h, s, p, true=True)
    return Trace("Cross-correlation and true convolution", "D1", "", [
        Line(f"Stride {s}, padding {p}: the picture is 0 outside, and those products are left out below."),
        Beside([picture("x", rows), picture("kernel h", h), picture("h turned around", turned)]),
        Line("  cross-correlation  y[m, n] = Σ_kl h[k, l] x[S m + k − P, S n + l − P]"),
        products_table("Cross-correlation", rows, h, s, p),
        Line("  true convolution   y[m, n] = Σ_ij x[i, j] h[m − i, n − j]"),
        products_table("True convolution: the kernel turned around on both axes", rows, h, s, p, true=True),
        Beside([picture("cross-correlation", correlation), picture("true convolution", convolution)]),
        Line("What deep learning calls a convolution is a cross-correlation: as the kernel is learned, it "
             "may as well be learned turned around. Only true convolution commutes, x ∗ h = h ∗ x."),
    ])  # fmt: skip

"""Convolution of a signal: stride, padding and several filters."""

from collections.abc import Sequence

import numpy as np

from gradatim.checks import whole
from gradatim.explain.traces.arguments import grid, vector
from gradatim.explain.traces.convolving import decimals, layer, picture, products_table
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import product_sum

CASES = ((1, 2, 0), (1, 1, 0), (2, 2, 1))  # filters, stride, padding


def conv_1d(
    x: Sequence[float] = (1, 2, 3, 4, 5, 6), kernels: Sequence[Sequence[float]] = ((1, -1), (1, 1)),
    stride: int | None = None, padding: int | None = None,
) -> Trace:  # fmt: skip
    """A signal through one and two filters at several strides, and the gradients backwards.

        y[m] = Σ_k w[k] x[S m + k − P],   x = 0 outside
        ∂L/∂w[k] = Σ_m g[m] x[S m + k − P],   ∂L/∂x[i] = Σ_m g[m] w[i + P − S m],   g = ∂L/∂y

    With a `stride` S or a `padding` P of one's own, all kernels at these; without, three cases: one filter at
    strides 2 and 1, two filters at stride 2 with a padding of 1. Raises UsageError for what is no signal.
    """
    signal, rows = vector("x", x), grid("kernels", kernels)
    cases: Sequence[tuple[int, int, int]] = CASES
    if stride is not None or padding is not None:
        s = 1 if stride is None else whole("stride", stride, 1)
        cases = [(len(rows), s, 0 if padding is None else whole("padding", padding, 0))]
    parts: list[Part] = [
        Line("  y[m] = Σ_k w[k] x[S m + k − P]    x = 0 outside    S stride, P padding"),
        Beside([picture("x", signal), *(picture(f"w, filter {o + 1}", w) for o, w in enumerate(rows))]),
    ]
    for filters, s, p in cases:
        said = f"filters {filters}, size {len(rows[0])}, stride {s}, padding {p}"
        for o, w in enumerate(rows[:filters]):
            parts.append(products_table(f"({said}): filter {o + 1}", signal, w, s, p))
    return Trace("Convolution of a signal", "D5", "", [*parts, *_backward(signal, rows, *cases[-1])])


def _backward(x: list[float], kernels: list[list[float]], filters: int, s: int, p: int) -> list[Part]:
    """The gradients of the last case, spelled out, with g = y, which is L = ½ Σ y²."""
    signal, w = np.array([x]), np.array(kernels[:filters])[:, None]
    network = layer(signal, w, s, p)
    y = network.forward(signal[None])[0]
    dx = network.backward(y[None], inputs=True)
    dw = network.gradients["0.weight"][:, 0]
    weights: list[list[Cell]] = []
    for o, k in np.ndindex(*dw.shape):
        seen = [(m, s * m + k - p) for m in range(y.shape[1])]
        pairs = [(float(y[o, m]), x[i]) for m, i in seen if 0 <= i < len(x)]
        weights.append([o + 1, k + 1, product_sum(pairs), float(dw[o, k])])
    inputs: list[list[Cell]] = []
    for i in range(len(x)):
        reached = [(o, m, i + p - s * m) for o in range(filters) for m in range(y.shape[1])]
        pairs = [(float(y[o, m]), float(w[o, 0, k])) for o, m, k in reached if 0 <= k < w.shape[2]]
        inputs.append([i + 1, product_sum(pairs), float(np.asarray(dx)[0, 0, i])])
    return [
        Line(f"Backwards through the last case (stride {s}, padding {p}), with g = y, that is L = ½ Σ y²:"),
        Line("  ∂L/∂w[k] = Σ_m g[m] x[S m + k − P]    ∂L/∂x[i] = Σ_m g[m] w[i + P − S m]"),
        Table("∂L/∂w", ["filter", "k", "g · pixel", "∂L/∂w"], weights, decimals(dw)),
        Table("∂L/∂x", ["i", "g · weight", "∂L/∂x"], inputs, decimals(np.asarray(dx))),
    ]  # fmt: skip

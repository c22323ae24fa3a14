"""Convolution over depth: filters as deep as their input, and what they cost."""

import numpy as np

from gradatim.checks import whole
from gradatim.explain.traces.convolving import layer, picture, terms
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, Trace
from gradatim.explain.traces.sums_as_text import number, product_sum
from gradatim.functional.windows import window

BIASES = (1.0, 0.0)


def conv_volume(
    size: int = 32, depth: int = 3, filters: int = 6, kernel: int = 5, stride: int = 1, padding: int = 0
) -> Trace:
    """Sizes and parameters of a convolution over a volume, and a small one number by number.

        y_o[m, n] = b_o + Σ_c Σ_kl W_oc[k, l] x_c[S m + k − P, S n + l − P]
        weights O · C · F², biases O;   a dense layer between the same volumes has (C N²)(O M²) weights

    The arguments change the first table; the worked example stays. Raises UsageError for sizes that are not
    whole, and for a kernel larger than the picture.
    """
    names = ("size", "depth", "filters", "kernel", "stride")
    n, c, o, f, s = (whole(key, value, 1) for key, value in zip(names, (size, depth, filters, kernel, stride),
                                                                strict=True))  # fmt: skip
    first = _counts(n, c, o, f, s, whole("padding", padding, 0))
    return Trace("Convolution over depth", "D5", "", [
        Line("A filter is as deep as its input: it sums over all channels, and gives one map. So there are "
             "as many maps as filters; “depth” names the number of channels, and of a layer its number of "
             "filters."),
        Line("  y_o[m, n] = b_o + Σ_c Σ_kl W_oc[k, l] x_c[S m + k − P, S n + l − P]"),
        Table("Sizes and parameters", [
            "input", "filters", "S", "P", "output", "weights", "biases", "parameters", "dense",
        ], [first, _counts(5, 3, 2, 3, 2, 1)]),
        Line("The last column is the number of weights of a dense layer from the input to the output."),
        *_worked(),
    ])  # fmt: skip


def _counts(n: int, c: int, o: int, f: int, s: int, p: int) -> list[Cell]:
    (m,) = window("conv2d", 1, f, s, p).places((n,))
    weights = o * c * f * f
    dense = (c * n * n) * (o * m * m)
    return [f"{n}×{n}×{c}", f"{o} of {f}×{f}×{c}", s, p, f"{m}×{m}×{o}", weights, o, weights + o, dense]


def example() -> tuple[np.ndarray, np.ndarray]:
    """A 5×5 picture of three channels and two 3×3×3 filters, of small whole numbers."""
    c, i, j = np.indices((3, 5, 5))
    o, d, k, l = np.indices((2, 3, 3, 3))
    return ((i + 2 * j + c + i * j) % 3).astype(float), ((o + d + k + 2 * l + k * l) % 3 - 1).astype(float)


def _worked() -> list[Part]:
    """5×5×3 with padding 1 at stride 2 through two 3×3×3 filters."""
    x, W = example()
    y = layer(x, W, stride=2, padding=1).forward(x[None])[0] + np.array(BIASES)[:, None, None]
    parts: list[Part] = [
        Line("The small one, 5×5×3 with padding 1 at stride 2 through two filters, number by number:"),
        Beside([picture(f"x, channel {c + 1}", x[c]) for c in range(3)]),
    ]
    for o in range(2):
        rows: list[list[Cell]] = []
        for c in range(3):
            products = terms(x[c], W[o, c], (0, 0), 2, 1)
            rows.append([str(c + 1), product_sum(products), sum(a * b for a, b in products)])
        rows += [["b", number(BIASES[o]), BIASES[o]], ["y", "", float(y[o, 0, 0])]]
        parts += [
            Beside([*(picture(f"W_{o + 1}, channel {c + 1}", W[o, c]) for c in range(3)),
                    picture(f"map {o + 1}", y[o])]),
            Table(f"The first entry of map {o + 1}: the window's upper row and left column are padding",
                  ["channel", "weight · pixel", "sum"], rows, 0),
        ]  # fmt: skip
    return parts

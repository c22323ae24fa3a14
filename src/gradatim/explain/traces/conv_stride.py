"""One kernel over one picture at two strides."""

from collections.abc import Sequence

from gradatim.checks import UsageError, whole
from gradatim.explain.traces.arguments import grid
from gradatim.explain.traces.convolving import convolve, picture, products_table, unreached_columns
from gradatim.explain.traces.record import Beside, Line, Part, Trace
from gradatim.functional.windows import times

PICTURE = (
    (1, 2, 3, 1, 3, 5), (2, 2, 5, 4, 2, 5), (0, 6, 9, 6, 2, 2), (2, 0, 1, 9, 4, 0), (5, 5, 4, 6, 7, 6),
    (6, 1, 3, 7, 1, 5),
)  # fmt: skip
KERNEL = ((1, 0, -1), (1, 0, -1), (1, 0, -1))


def conv_stride(
    x: Sequence[Sequence[float]] = PICTURE, kernel: Sequence[Sequence[float]] = KERNEL,
    strides: Sequence[int] = (1, 2), padding: int = 0,
) -> Trace:  # fmt: skip
    """The same picture and kernel at several strides: the map of stride S is every S-th entry of stride 1's.

        y[m, n] = Σ_kl w[k, l] x[S m + k − P, S n + l − P],   ⌊(N − F + 2P)/S⌋ + 1 places along each axis

    Raises UsageError for what is no picture, or one smaller than the kernel.
    """
    rows, w, p = grid("x", x), grid("kernel", kernel), whole("padding", padding, 0)
    if not isinstance(strides, Sequence) or isinstance(strides, str) or not strides:
        raise UsageError(f"strides must be whole numbers with commas between them; it is {strides!r}")
    maps = {whole("strides", s, 1): convolve(rows, w, s, p) for s in strides}
    parts: list[Part] = [
        Line("  y[m, n] = Σ_kl w[k, l] x[S m + k − P, S n + l − P]"),
        Beside([picture("x", rows), picture("kernel w", w),
                *(picture(f"y at stride {s}", y) for s, y in maps.items())]),
    ]  # fmt: skip
    for s, y in maps.items():
        left = [unreached_columns(n, f, s, p) for n, f in ((len(rows), len(w)), (len(rows[0]), len(w[0])))]
        said = "no row or column is left over"
        if any(left):
            said = f"rows {_named(left[0])} and columns {_named(left[1])} are never seen on the far side"
        parts += [
            Line(f"Stride {s}: {times((len(rows), len(rows[0])))} gives {times(y.shape)}; {said}."),
            products_table(f"Stride {s}", rows, w, s, p),
        ]
    if (rows, w, p) == ([list(map(float, r)) for r in PICTURE], [list(map(float, r)) for r in KERNEL], 0):
        parts.append(Line(
            "The last entry of the map at stride 1 is 9 + 6 + 7 − 0 − 6 − 5 = 11; a common course note "
            "prints 10."
        ))  # fmt: skip
    return Trace("Convolution with a stride", "D3", "", parts)


def _named(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "none"

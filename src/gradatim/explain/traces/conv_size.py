"""At how many places a window stands, and which columns it never sees."""

from collections.abc import Sequence

from gradatim.checks import whole
from gradatim.explain.traces.convolving import unreached_columns
from gradatim.explain.traces.record import Cell, Line, Table, Trace
from gradatim.explain.traces.sums_as_text import number
from gradatim.functional.windows import window

CASES = ((227, 11, 4, 0), (55, 3, 2, 0), (32, 5, 1, 0), (6, 3, 2, 0), (224, 11, 4, 0))


def conv_size(n: int | None = None, size: int = 3, stride: int = 1, padding: int = 0) -> Trace:
    """The output size of convolution and pooling, and the columns that are dropped.

        places = ⌊(N − F + 2P)/S⌋ + 1

    N is `n`, F `size`, S `stride`, P `padding`; without `n` five well-known cases. Raises UsageError for a
    window larger than the padded picture.
    """
    cases: Sequence[tuple[int, int, int, int]] = CASES
    if n is not None:
        given = (("n", n, 1), ("size", size, 1), ("stride", stride, 1), ("padding", padding, 0))
        N, F, S, P = (whole(*each) for each in given)
        cases = [(N, F, S, P)]
    rows = [_row(*case) for case in cases]
    columns = ["N", "F", "S", "P", "(N−F+2P)/S", "places", "last window", "never seen"]
    return Trace("The size of a convolution's output", "D6", "", [
        Line("  places = ⌊(N − F + 2P)/S⌋ + 1"),
        Line("The floor is there because a window that would stand over the edge does not count: the columns "
             "behind the last window are dropped. Columns count from 1."),
        Table("Places", columns, rows),
    ])  # fmt: skip


def _row(n: int, f: int, s: int, p: int) -> list[Cell]:
    (places,) = window("conv1d", 1, f, s, p).places((n,))
    start = (places - 1) * s - p + 1
    left = [column for column in unreached_columns(n, f, s, p) if column <= n]
    beyond = len(unreached_columns(n, f, s, p)) - len(left)
    seen = "none" if not left else str(left[0]) if len(left) == 1 else f"{left[0]} … {left[-1]}"
    seen = f"{seen}, {beyond} of the padding" if beyond else seen
    return [n, f, s, p, number((n - f + 2 * p) / s, 6), places, f"{start} … {start + f - 1}", seen]

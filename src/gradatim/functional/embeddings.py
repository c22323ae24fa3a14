"""Which inputs an embedding reads, and how wide it is."""

from collections.abc import Sequence

from gradatim.checks import UsageError, plain_numbers, whole

WIDEST = 50


def size_of(categories: int) -> int:
    """Numbers for so many categories: half of them, at most 50 (Guo & Berkhahn 2016 take any size).

    >>> size_of(2), size_of(9), size_of(1000)
    (1, 5, 50)
    """
    return min(-(-categories // 2), WIDEST)


def check_columns(columns: Sequence[Sequence[int]], in_features: int) -> list[list[int]]:
    """(start, stop, size) of every category; UsageError where two overlap or one lies outside."""
    end = 0
    columns = plain_numbers(columns)
    for one in columns:
        if len(one) != 3:
            raise UsageError(f"columns must hold (start, stop, size) of each category; one is {list(one)!r}")
        start, stop, size = (whole("columns", number, 0) for number in one)
        if not end <= start < stop <= in_features or not size:
            raise UsageError(
                f"columns must be places among {in_features} inputs, each behind the one before, and a size; "
                f"one is ({start}, {stop}, {size})"
            )
        end = stop
    return [list(one) for one in columns]


def columns_left(columns: Sequence[Sequence[int]], in_features: int) -> list[int]:
    """The inputs that no category holds, in order.

    >>> columns_left([[1, 3, 1]], 5)
    [0, 3, 4]
    """
    held = {i for start, stop, _ in columns for i in range(start, stop)}
    return [i for i in range(in_features) if i not in held]

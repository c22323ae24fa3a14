"""Windows that divide a picture into a number of parts: their ends follow from its size (curriculum D7)."""

from collections.abc import Sequence

from gradatim.checks import UsageError, plain_numbers, whole
from gradatim.functional.windows import check_pictures, times

Parts = tuple[int | None, ...]


def parts(output_size: object, axes: int) -> Parts:
    """How many parts along each axis, from one number for all or a list; None keeps the axis as it is.

    >>> parts(3, 2), parts([None, 2], 2)
    ((3, 3), (None, 2))
    """
    value = plain_numbers(output_size)
    if not isinstance(value, Sequence) or isinstance(value, str):
        value = (value,) * axes
    if len(value) != axes:
        raise UsageError(f"output_size must be one number or {axes}, one for each axis; it is {value!r}")
    return tuple(None if count is None else whole("output_size", count, 1) for count in value)


def ends(n: int, count: int | None) -> list[tuple[int, int]]:
    """Where part i of an axis of n numbers begins and ends, ⌊i n/m⌋ and ⌈(i + 1) n/m⌉.

    >>> ends(5, 2), ends(2, 3)
    ([(0, 3), (2, 5)], [(0, 1), (0, 2), (1, 2)])
    """
    m = n if count is None else count
    return [(i * n // m, -(-(i + 1) * n // m)) for i in range(m)]


def check_divisible(layer: str, shape: Sequence[int], axes: int) -> None:
    """UsageError unless a batch is one of pictures with a number in them."""
    check_pictures(layer, shape, axes)
    if 0 in shape[2:]:
        raise UsageError(f"{layer} needs a number; these are {times(shape[2:])}")


def spoken(output_size: Parts) -> str:
    """The argument that it was made with.

    >>> spoken((2, 2)), spoken((None, 2))
    ('output_size=2', 'output_size=(None, 2)')
    """
    one = len(set(output_size)) == 1
    return f"output_size={output_size[0] if one else output_size}"

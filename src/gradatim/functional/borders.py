"""What stands in the padding around a picture: zeros, or numbers of the picture itself."""

from collections.abc import Sequence

from gradatim.checks import UsageError
from gradatim.functional.windows import Window, times

MODES = ("zeros", "reflect", "replicate", "circular")


def sources(n: int, before: int, after: int, mode: str) -> list[int]:
    """Which of an axis's n numbers stands at each place of it and its padding.

    `reflect` turns back at the outermost number, `replicate` repeats it, `circular` goes on at the other end.

    >>> sources(3, 2, 1, "reflect"), sources(3, 2, 1, "replicate"), sources(3, 2, 1, "circular")
    ([2, 1, 0, 1, 2, 1], [0, 0, 0, 1, 2, 2], [1, 2, 0, 1, 2, 0])
    """
    places = range(-before, n + after)
    if mode == "reflect":
        return [n - 1 - abs(n - 1 - abs(i)) for i in places]
    if mode == "replicate":
        return [min(max(i, 0), n - 1) for i in places]
    return [i % n for i in places]


def check_border(window: Window, mode: str, shape: Sequence[int]) -> None:
    """UsageError for pictures that have too few numbers for their padding."""
    most = [max(pair) for pair in window.pads(shape)]
    least = [{"zeros": 0, "reflect": p + 1, "replicate": 1, "circular": max(p, 1)}[mode] for p in most]
    if any(n < few for n, few in zip(shape, least, strict=True)):
        raise UsageError(
            f"{window.layer} with padding {times(most)}, {mode}, needs examples of at least {times(least)}; "
            f"these are {times(shape)}"
        )

"""Whether pictures and clips are held in memory, or decoded while a network learns from them."""

from math import prod
from typing import NamedTuple

from gradatim.checks import UsageError, one_of
from gradatim.device import free_memory, memory

STREAMING = ("auto", "yes", "no")
HELD = 10  # bytes for a number: one as decoded, one in its part, four as a network sees it, four in between
LEAST = 6  # of these, without what is in between
SHARE = 0.5  # of the memory that is free


class Beside(NamedTuple):
    """What is held in memory beside pictures in any case: its name, and the bytes for each pixel of a
    picture, at most, while it is read and divided, and then.
    """

    name: str
    most: int
    held: int


def must_stream(
    asked: str, examples: int, shape: tuple[int, ...], beside: Beside | None = None, noun: str = "pictures"
) -> str:
    """Why so many pictures, or clips, are streamed, in a sentence; nothing where they are held in memory.

    They are held where 10 bytes for each of their numbers, and what is beside them, are at most half of the
    memory that is free.

    >>> must_stream("no", 10**9, (3, 96, 96))
    ''

    Raises UsageError where what is beside them takes more than the memory that is free.
    """
    one_of("streaming", asked, STREAMING)
    pixels, free = examples * prod(shape[1:]), free_memory()
    free = memory() if free is None else free
    also = 0 if beside is None else beside.most * pixels
    if beside is not None and free is not None and also > free:
        raise UsageError(
            f"{examples:,} {beside.name} of {_by(shape[1:])} pixels need {in_bytes(also)} of memory, and "
            f"{in_bytes(free)} are free: --input-size makes them smaller"
        )
    if asked == "no":
        return ""
    stay = "they stay in their files and are decoded while the network learns"
    if beside is not None:
        stay += f"; their {beside.name} are held in memory, {in_bytes(beside.held * pixels)}"
    if asked == "yes":
        return f"{examples:,} {noun} are streamed: {stay}"
    needed = HELD * examples * prod(shape) + also
    if free is None or needed <= SHARE * free:
        return ""
    whole = "" if beside is None else f" with their {beside.name}"
    return (
        f"{examples:,} {noun} of {_by(shape)} numbers{whole} would take {in_bytes(needed)} of the "
        f"{in_bytes(free)} of memory that are free: {stay}"
    )


def check_held(numbers: int, what: str, instead: str) -> None:
    """Raise UsageError where 6 bytes for each number of what is not streamed are more than the memory that is
    free: so many at least are taken while a network learns from them.
    """
    needed, free = LEAST * numbers, free_memory()
    free = memory() if free is None else free
    if free is not None and needed > free:
        raise UsageError(
            f"{what} need {in_bytes(needed)} of memory at least, and {in_bytes(free)} are free: {instead}"
        )


def _by(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def in_bytes(n: float) -> str:
    """So many bytes, as a person says it.

    >>> in_bytes(2_600_000_000), in_bytes(12_000_000), in_bytes(27_648)
    ('2.6 GB', '12 MB', '28 kB')
    """
    if n >= 1e9:
        return f"{n / 1e9:.1f} GB"
    return f"{n / 1e6:.0f} MB" if n >= 1e6 else f"{n / 1e3:.0f} kB"

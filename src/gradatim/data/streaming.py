"""Whether pictures are held in memory, or decoded while a network learns from them."""

from math import prod

from gradatim.checks import one_of
from gradatim.data.picture_examples import Shape
from gradatim.device import free_memory, memory

STREAMING = ("auto", "yes", "no")
HELD = 10  # bytes for a number: one as decoded, one in its part, four as a network sees it, four in between
SHARE = 0.5  # of the memory that is free


def must_stream(asked: str, pictures: int, shape: Shape) -> str:
    """Why so many pictures are streamed, in a sentence; nothing where they are held in memory.

    They are held where 10 bytes for each of their numbers are at most half of the memory that is free.

    >>> must_stream("no", 10**9, (3, 96, 96))
    ''
    """
    one_of("streaming", asked, STREAMING)
    if asked == "no":
        return ""
    stay = "they stay in their files and are decoded while the network learns"
    if asked == "yes":
        return f"{pictures:,} pictures are streamed: {stay}"
    needed, free = HELD * pictures * prod(shape), free_memory()
    free = memory() if free is None else free
    if free is None or needed <= SHARE * free:
        return ""
    return (
        f"{pictures:,} pictures of {'×'.join(map(str, shape))} numbers would take {in_bytes(needed)} of the "
        f"{in_bytes(free)} of memory that are free: {stay}"
    )


def in_bytes(n: float) -> str:
    """So many bytes, as a person says it.

    >>> in_bytes(2_600_000_000), in_bytes(12_000_000), in_bytes(27_648)
    ('2.6 GB', '12 MB', '28 kB')
    """
    if n >= 1e9:
        return f"{n / 1e9:.1f} GB"
    return f"{n / 1e6:.0f} MB" if n >= 1e6 else f"{n / 1e3:.0f} kB"

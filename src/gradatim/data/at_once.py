"""How many examples go through a network together where nothing is learned from them."""

from math import prod

AT_ONCE = 4096  # examples evaluated at once
NUMBERS = 1 << 22  # in those examples


def at_once(shape: tuple[int, ...]) -> int:
    """How many examples of a shape are evaluated at once: fewer large ones, for a network's memory's sake.

    >>> at_once((1, 28, 28)), at_once((3, 224, 224))
    (4096, 27)
    """
    return max(1, min(AT_ONCE, NUMBERS // max(1, prod(shape))))

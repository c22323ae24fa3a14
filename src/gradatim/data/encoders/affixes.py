"""The beginnings, the ends and the shape of a word: what tells most of an unknown one."""

PREFIXES, SUFFIXES = (1, 2, 3), (1, 2, 3, 4)  # their lengths
KINDS = len(PREFIXES) + len(SUFFIXES) + 1
LONGEST = 8  # of a shape


def affixes(word: str) -> list[str]:
    """The word's prefixes of 1 to 3 small letters, its suffixes of 1 to 4, and its shape, each with its kind.

    >>> affixes("Dogs")
    ['1^d', '2^do', '3^dog', '1$s', '2$gs', '3$ogs', '4$dogs', '=Xxx']
    """
    small = word.lower()
    before = [f"{n}^{small[:n]}" for n in PREFIXES]
    return [*before, *(f"{n}${small[-n:]}" for n in SUFFIXES), f"={shape(word)}"]


def shape(word: str) -> str:
    """Capitals as X, small letters as x, digits as d, anything else as it is; of several alike in a row two.

    >>> shape("McDonald"), shape("B-52s"), shape("USA"), shape("...")
    ('XxXxx', 'X-ddx', 'XX', '..')
    """
    found = ""
    for c in word:
        kind = "X" if c.isupper() else "x" if c.islower() else "d" if c.isdigit() else c
        if not found.endswith(2 * kind):
            found += kind
    return found[:LONGEST]

"""Words: which are near to each other by a network's vectors, and what completes an analogy."""

from collections.abc import Sequence
from typing import Any

from gradatim.checks import UsageError, shown
from gradatim.data.word_vectors import Near, WordVectors
from gradatim.problems.nearest_words import common_words

COMMON = 8  # words that are asked for where none is named
FORM = "an analogy is a:b::c, such as man:king::woman"


def words(
    vectors: WordVectors, asked: Sequence[str] = (), n: int = 10, counts: Sequence[int] = ()
) -> list[dict[str, Any]]:
    """Of each word those nearest to it, of each analogy a:b::c what is to c as b is to a:
    {"word": …} or {"analogy": [a, b, c]}, and "near": [{"word": …, "cosine": …}, …].

    Where none is asked for it is some common words. Raises UsageError for a word that has no vector.
    """
    found = []
    for one in asked or common_words(vectors, counts, COMMON):
        if ":" in one and one != ":":
            a, b, c = analogy_of(one)
            found.append({"analogy": [a, b, c], "near": _as_dicts(vectors.analogy(a, b, c, n))})
        else:
            found.append({"word": one, "near": _as_dicts(vectors.nearest(one, n))})
    return found


def analogy_of(text: str) -> tuple[str, str, str]:
    """a, b and c of a:b::c, behind which :? may stand.

    >>> analogy_of("man:king::woman"), analogy_of("man:king::woman:?")
    (('man', 'king', 'woman'), ('man', 'king', 'woman'))
    """
    left, _, right = text.partition("::")
    a, _, b = left.partition(":")
    c = right.removesuffix(":?").removesuffix(":")
    parts = [part.strip() for part in (a, b, c)]
    if not all(parts) or any(":" in part for part in parts):
        raise UsageError(f"{FORM}; this is {shown(text)}")
    return parts[0], parts[1], parts[2]


def _as_dicts(near: Sequence[Near]) -> list[dict[str, Any]]:
    return [one._asdict() for one in near]

"""What the vectors of a network's words know: which are near to common ones, and where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np

from gradatim.data.word_vectors import WordVectors, word_vectors_of
from gradatim.problems.evidence import Evidence

ASKED, NEAREST, DRAWN = 12, 5, 50  # words that are asked for, those near to each, words on the plane
SHARE = 1e-3  # of all words, above which a word is too common to say much: those that training leaves out


@dataclass(frozen=True)
class NearestWords(Evidence):
    """Common words (n,), those near to each, and the cosines between both; words on the plane of their two
    principal components: places (m, 2), and the share of the variance of each component; how many words there
    are. The network and its encoder know all of it.
    """

    section: ClassVar[str] = "nearest_words"
    words: tuple[str, ...] = ()
    near: Sequence[Sequence[str]] = ()
    cosines: Sequence[Sequence[float]] = ()
    drawn: tuple[str, ...] = ()
    places: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    shares: tuple[float, float] = (0.0, 0.0)
    distinct: int = 0

    def inside(self, network: Any, encoder: Any) -> "NearestWords":
        """The same, of these vectors."""
        vectors = word_vectors_of(network, encoder)
        common = common_words(vectors, getattr(encoder, "counts", ()), DRAWN)
        asked = common[:ASKED]
        plane = vectors.plane(common)
        near = [vectors.nearest(word, NEAREST) if len(vectors) > 1 else [] for word in asked]
        return replace(
            self, words=asked, near=[[one.word for one in of] for of in near],
            cosines=[[one.cosine for one in of] for of in near], drawn=common, places=plane.places,
            shares=plane.shares, distinct=len(vectors),
        )  # fmt: skip


def common_words(vectors: WordVectors, counts: Sequence[int], most: int) -> tuple[str, ...]:
    """The commonest words, at most so many, without those that are more than a thousandth of all; with them
    where all are.

    >>> vectors = WordVectors(("the", "sea", "ship"), np.eye(3))
    >>> common_words(vectors, (5000, 4, 3), 2), common_words(vectors, (), 2)
    (('sea', 'ship'), ('the', 'sea'))
    """
    total = sum(counts)
    rare = [word for word, n in zip(vectors.words, counts, strict=False) if n <= SHARE * total]
    return tuple(rare[:most] if len(rare) > 1 else vectors.words[:most])

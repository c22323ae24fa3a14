"""What is said in a recording (curriculum E21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gradatim.problems.summed import Summed, ratio_of
from gradatim.problems.texts import Texts


@dataclass(frozen=True)
class Transcript(Texts):
    """What is said in a recording, of symbols out of `names`.

        word error rate = Σ (substitutions + deletions + insertions) / Σ words of the right transcripts

    over the whole set, by the shortest edit (Levenshtein 1966); the character error rate likewise, spaces
    counted; `exact` is the share of transcripts without an error. Of several references the nearest counts.

    >>> asked = Transcript(("<unk>", "<end>", "a"), "cross_entropy")
    >>> found = asked.scores_of(["one too"], [("one two six",)])
    >>> {name: round(one, 3) for name, one in found.items()}
    {'word_error': 0.667, 'character_error': 0.455, 'exact': 0.0}
    """

    kind: ClassVar[str] = "transcript"
    task: ClassVar[str] = "transcription"
    deciding: ClassVar[tuple[str, int]] = ("word_error", -1)

    def scores_of(self, texts: Sequence[str], references: Sequence[tuple[str, ...]]) -> dict[str, float]:
        """Error rates of all texts together."""
        pairs = list(zip(texts, references, strict=True))
        return {
            "word_error": _rate([(text.split(), [one.split() for one in some]) for text, some in pairs]),
            "character_error": _rate([(list(text), [list(one) for one in some]) for text, some in pairs]),
            "exact": sum(text in some for text, some in pairs) / max(len(pairs), 1),
        }

    def summed_scores(self, texts: Sequence[str], references: Sequence[tuple[str, ...]]) -> Summed:
        """The edits and the right words of every transcript."""
        pairs = zip(texts, references, strict=True)
        counts = np.array([_edits(text.split(), [one.split() for one in some]) for text, some in pairs])
        return ratio_of(*counts.reshape(-1, 2).T)


def _rate(pairs: Sequence[tuple[list[str], list[list[str]]]]) -> float:
    """Edits over the lengths of what is right."""
    counts = [_edits(said, some) for said, some in pairs]
    return sum(edits for edits, _ in counts) / max(sum(length for _, length in counts), 1)


def _edits(said: list[str], some: list[list[str]]) -> tuple[int, int]:
    """The edits from the nearest of some right ones, and its length."""
    return min(((edit_distance(said, one), len(one)) for one in some), key=lambda pair: pair[0])


def edit_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """The fewest substitutions, deletions and insertions between two sequences (Levenshtein 1966).

        D_ij = min(D_{i−1,j} + 1, D_{i,j−1} + 1, D_{i−1,j−1} + [a_i ≠ b_j])

    >>> edit_distance("kitten", "sitting"), edit_distance([], ["one", "two"])
    (3, 2)
    """
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        above, row = row, [i]
        for j, other in enumerate(b, 1):
            row.append(min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (one != other)))
    return row[-1]

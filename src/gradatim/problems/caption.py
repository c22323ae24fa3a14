"""What is to be seen on a picture, in a sentence (curriculum E13)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from gradatim.problems.bleu_sums import summed_bleu
from gradatim.problems.summed import Summed
from gradatim.problems.texts import Texts

ORDERS = (1, 2, 3, 4)


@dataclass(frozen=True)
class Caption(Texts):
    """A sentence about a picture, of symbols out of `names`.

        BLEU-n = BP · exp((1/n) Σ_{k≤n} log p_k),  n = 1 … 4, of the whole set (Papineni et al. 2002)
        exact  = the share of captions that are one of the picture's references

    p_k counts a caption's k-grams that one of its references has, BP = e^{min(0, 1−r/c)} of the references of
    the nearest length. BLEU is sacreBLEU's (Post 2018), out of 100, tokens 13a, in lower case as captions are
    compared; `exact` looks at neither case nor spaces.

    >>> problem = Caption(("<unk>", "<end>", "a"), "cross_entropy")
    >>> found = problem.scores_of(["A red  dog"], [("a dog", "a red dog")])
    >>> {name: round(value, 1) for name, value in found.items()}
    {'bleu_4': 0.0, 'bleu_3': 100.0, 'bleu_2': 100.0, 'bleu_1': 100.0, 'exact': 1.0}
    """

    kind: ClassVar[str] = "caption"
    task: ClassVar[str] = "captioning"
    deciding: ClassVar[tuple[str, int]] = ("bleu_4", 1)
    learners: ClassVar[str] = "captions"

    def scores_of(self, texts: Sequence[str], references: Sequence[tuple[str, ...]]) -> dict[str, float]:
        """BLEU-4 to BLEU-1 of all texts together, and the share that is right word for word."""
        from sacrebleu.metrics import BLEU

        most = max(map(len, references))
        streams: Any = [[some[k] if k < len(some) else None for some in references] for k in range(most)]
        found = {
            f"bleu_{n}": round(
                float(BLEU(lowercase=True, max_ngram_order=n).corpus_score(list(texts), streams).score), 6
            )
            for n in reversed(ORDERS)
        }
        right = [_plain(text) in map(_plain, some) for text, some in zip(texts, references, strict=True)]
        return {**found, "exact": sum(right) / len(right)}

    def summed_scores(self, texts: Sequence[str], references: Sequence[tuple[str, ...]]) -> Summed:
        """BLEU-4 by its counts of every caption."""
        return summed_bleu(texts, references, lowercase=True)


def _plain(text: str) -> str:
    """A text without case and spaces."""
    return "".join(text.lower().split())

"""What a sentence is in another language (curriculum E12)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from gradatim.problems.bleu_sums import summed_bleu
from gradatim.problems.summed import Summed
from gradatim.problems.texts import Texts


@dataclass(frozen=True)
class Translation(Texts):
    """A sentence in another language, of symbols out of `names`.

        BLEU = BP · exp(¼ Σ_n log p_n), n = 1 … 4, of the whole set (Papineni et al. 2002),
        BP = exp(min(0, 1 − r/c)) of c words said for r right ones
        chrF = (1 + β²) P R / (β² P + R) of characters' n-grams to 6, β = 2 (Popović 2015)

    Both by sacreBLEU (Post 2018), out of 100; BLEU with its tokens 13a, cased, exponential smoothing.

    >>> problem = Translation(("<unk>", "<end>", "a"), "cross_entropy")
    >>> problem.scores_of(["a dog sleeps now"], [("a dog sleeps now",)])
    {'bleu': 100.0, 'chrf': 100.0}
    """

    kind: ClassVar[str] = "translation"
    task: ClassVar[str] = "translation"
    deciding: ClassVar[tuple[str, int]] = ("bleu", 1)

    def scores_of(self, texts: Sequence[str], references: Sequence[tuple[str, ...]]) -> dict[str, float]:
        """BLEU and chrF of all texts together."""
        from sacrebleu.metrics import BLEU, CHRF

        most = max(map(len, references))
        streams: Any = [[some[k] if k < len(some) else None for some in references] for k in range(most)]
        return {
            "bleu": round(float(BLEU().corpus_score(list(texts), streams).score), 6),
            "chrf": round(float(CHRF().corpus_score(list(texts), streams).score), 6),
        }

    def summed_scores(self, texts: Sequence[str], references: Sequence[tuple[str, ...]]) -> Summed:
        """BLEU by its counts of every sentence."""
        return summed_bleu(texts, references)

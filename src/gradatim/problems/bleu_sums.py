"""BLEU by sums over sentences (Papineni et al. 2002), so that resamples of the sentences cost no counting."""

from collections.abc import Sequence

import numpy as np

from gradatim.problems.summed import Summed

ORDER = 4


def summed_bleu(
    texts: Sequence[str], references: Sequence[tuple[str, ...]], lowercase: bool = False
) -> Summed:
    """BLEU-4 of sacreBLEU: its counts of a sentence are those of the matching n-grams and of all, n = 1 … 4,
    the words that are said, and those of the nearest reference.

    >>> round(summed_bleu(["a b c d e", "a b c d"], [("a b c d e",), ("a b c e",)]).measure, 6)
    79.840795
    """
    from sacrebleu.metrics import BLEU

    metric = BLEU(lowercase=lowercase)
    found = [
        metric.corpus_score([text], [[one] for one in some])
        for text, some in zip(texts, references, strict=True)
    ]
    parts = np.array([[*one.counts, *one.totals, one.sys_len, one.ref_len] for one in found], np.float64)

    def value(sums: np.ndarray) -> np.ndarray:
        rows = sums.reshape(-1, 2 * ORDER + 2).round().astype(int).tolist()
        scores = [
            BLEU.compute_bleu(
                row[:ORDER], row[ORDER:-2], row[-2], row[-1], smooth_method=metric.smooth_method
            ).score
            for row in rows
        ]
        return np.array(scores).reshape(sums.shape[:-1])

    return Summed(parts, value)

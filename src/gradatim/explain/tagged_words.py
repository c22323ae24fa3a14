"""Which words a tagger mistakes: known and unknown ones, and those that it mistakes most often."""

from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np

from gradatim.problems.evidence import ByClass, Confusion, Evidence, TaggedWords

MOST = 20


def tagged_words(
    examples: Any, answers: np.ndarray, names: tuple, parts: dict[str, np.ndarray]
) -> TaggedWords:
    """Of sentences and the tag numbers that are answered, (S,).

    >>> from gradatim.data.sentences import sentences_of
    >>> sentences = sentences_of([["run", "dogs", "run"]], [["V", "N", "V"]])
    >>> found = tagged_words(sentences, np.array([0, 0, 1]), ("N", "V"), {"all": np.ones(3, bool)})
    >>> found.support, found.right, found.words, found.counts, found.wrong, found.true, found.predicted
    ([3], [2], ['run'], [2], [1], ['V'], ['N'])
    """
    words, right = examples.numbers.values, answers == examples.y
    counts = np.bincount(words, minlength=len(examples.vocabulary))
    wrong = np.bincount(words[~right], minlength=len(counts))
    worst = np.argsort(-wrong, kind="stable")[: min(MOST, int((wrong > 0).sum()))]
    pairs = [_commonest(words == word, examples.y, answers) for word in worst]
    return TaggedWords(
        tuple(name.replace("_", " ") for name in parts),
        [int(part.sum()) for part in parts.values()],
        [int(right[part].sum()) for part in parts.values()],
        [examples.vocabulary[word] for word in worst],
        counts[worst].tolist(),
        wrong[worst].tolist(),
        [str(names[true]) for true, _ in pairs],
        [str(names[answer]) for _, answer in pairs],
    )


def counted_in_words(evidence: Evidence) -> Evidence:
    """The same, where it counts examples, which are words here."""
    return replace(evidence, unit="word") if isinstance(evidence, Confusion | ByClass) else evidence


def _commonest(where: np.ndarray, y: np.ndarray, answers: np.ndarray) -> tuple[int, int]:
    """The commonest mistake among these answers: the right tag, and the one answered."""
    wrong = where & (y != answers)
    return Counter(zip(y[wrong].tolist(), answers[wrong].tolist(), strict=True)).most_common(1)[0][0]

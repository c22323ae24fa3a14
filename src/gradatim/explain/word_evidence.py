"""Evidence of a text's words: which of them move the answers most."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradatim.problems.evidence import Evidence
from gradatim.runs.trained import Trained

MOST = 12  # words and pairs of them for a class
MOST_CLASSES = 12


@dataclass(frozen=True)
class MovingWord:
    """A word or a pair of words: what it adds to the score of a class, and how many texts have it."""

    word: str
    adds: float
    texts: int


@dataclass(frozen=True)
class Words(Evidence):
    """For each class the words that speak for it in the most texts and the loudest, the first first.

    A word's rank is what it adds to the class's score, times the texts that have it.
    """

    section: ClassVar[str] = "words"
    classes: Sequence[str]
    words: Sequence[Sequence[MovingWord]]


def moving_words(trained: Trained, texts: Any) -> list[Evidence]:
    """The words that speak for each class in these texts; nothing of a network that weighs no n-grams."""
    module = trained.model
    if not hasattr(module, "weights_of_n_grams") or not trained.encoder.word_n_grams:  # type: ignore[attr-defined]
        return []
    names = trained.encoder.word_n_grams  # type: ignore[attr-defined]
    adds = module.weights_of_n_grams().double().cpu().numpy()[: len(names)]
    adds = np.concatenate([-adds, adds], 1) if adds.shape[1] == 1 else adds
    counts = _counts(trained.encoder, texts, len(names))
    weight = adds * counts[:, None]
    found = []
    for k in range(min(len(trained.problem.names), MOST_CLASSES)):
        first = [f for f in np.argsort(-weight[:, k], kind="stable")[:MOST].tolist() if weight[f, k] > 0]
        found.append([MovingWord(names[f], float(adds[f, k]), int(counts[f])) for f in first])
    return [Words([str(name) for name in trained.problem.names[: len(found)]], found)]


def _counts(encoder: Any, texts: Any, n_grams: int) -> np.ndarray:
    """In how many of the texts each n-gram of words comes, (F,)."""
    start = 1 + len(encoder.words)
    counts = np.zeros(n_grams, np.int64)
    for text in texts.texts:
        numbers = encoder.numbers(text) - start
        counts[numbers[(numbers >= 0) & (numbers < n_grams)]] += 1
    return counts

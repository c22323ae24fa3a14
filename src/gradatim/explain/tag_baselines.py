"""What each word's most frequent tag gets on a run's own split, to stand beside its tagger."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from gradatim.problems.class_report import accuracy_of_parts
from gradatim.runs.trained import Trained

NAME = "most frequent tag"
WHAT = "of each word in training; of an unknown word, of all words"


class BesideSentences:
    """The model that learns from the words of the same sentences, each alone."""

    def __init__(self, train: Any, test: Any, trained: Trained, *_: Any):
        self.train, self.test, self.trained = train, test, trained
        self.rows, self.cells = np.arange(len(train)), 0

    def models(self) -> Iterator[tuple[str, str, Callable[[], np.ndarray]]]:
        """The most frequent tag of each word."""
        yield NAME, WHAT, lambda: shares_of_words(self.train, self.test, len(self.trained.problem.names))

    def measures(self, p: np.ndarray) -> dict[str, float]:
        """Of probabilities (S, K), known and unknown words apart."""
        parts = accuracy_of_parts(p.argmax(1) == self.test.y, self.trained.encoder.parts(self.test))
        return self.trained.problem.measures_of(p, self.test.y) | parts


def shares_of_words(train: Any, test: Any, tags: int) -> np.ndarray:
    """How likely each tag is for every test word by the counts of training, (S, K).

        p(t | w) = (n_wt + n_t/n)/(n_w + 1)

    The likeliest tag of a word is the one that it has most often in training, of equal ones the commoner.

    >>> from gradatim.data.sentences import sentences_of
    >>> train = sentences_of([["run", "dogs", "run"]], [["V", "N", "V"]])
    >>> shares_of_words(train, sentences_of([["dogs", "cats"]], None), 2).round(2).tolist()
    [[0.67, 0.33], [0.33, 0.67]]
    """
    prior = np.bincount(train.y, minlength=tags) / len(train.y)
    counts = np.zeros((len(train.vocabulary), tags))
    np.add.at(counts, (train.numbers.values, train.y), 1)
    place = {word: number for number, word in enumerate(train.vocabulary)}
    rows = np.array([place.get(word, -1) for word in test.vocabulary])
    of_word = np.where(rows[:, None] >= 0, counts[rows], 0.0) + prior
    return (of_word / of_word.sum(1, keepdims=True))[test.numbers.values]

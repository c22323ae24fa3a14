"""What each word's most frequent tag gets on a run's own split, to stand beside its tagger."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from gradatim.problems.class_report import accuracy_of_parts
from gradatim.runs.trained import Trained

NAME = "most frequent tag"
WHAT = "of each word in training; of an unknown word, of all words"


def compare_tags(train: Any, test: Any, trained: Trained, stop: Callable[[], bool]) -> list[dict[str, Any]]:
    """One row: name, what it is, measures on the test sentences, and seconds to learn."""
    if stop():
        return []
    began = perf_counter()
    p = shares_of_words(train, test, len(trained.problem.names))
    parts = accuracy_of_parts(p.argmax(1) == test.y, trained.encoder.parts(test))
    metrics = trained.problem.measures_of(p, test.y) | parts
    return [{"name": NAME, "what": WHAT, "metrics": metrics, "seconds": perf_counter() - began}]


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

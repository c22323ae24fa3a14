"""Free text as a bag of words: how much each of the commonest words is there, in whatever order."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

WORD = re.compile(r"\w+")
MOST_WORDS = 5000  # of a column
MOST_NUMBERS = 40_000_000  # training rows times words, so that many rows have fewer words
FEWEST_ROWS = 2  # in which a word must come


def words_of(text: str) -> list[str]:
    """The words of a text in lower case.

    >>> words_of("It's 5 o'clock, OK?")
    ['it', 's', '5', 'o', 'clock', 'ok']
    """
    return WORD.findall(text.lower())


def fit_words(codes: np.ndarray, texts: Sequence[str]) -> dict[str, Any]:
    """The commonest words of the training rows (N,), which are numbers of texts, NaN where one is missing,
    and how much each is worth: scikit-learn's smooth idf = log((1 + N)/(1 + rows with the word)) + 1.
    """
    n, rows = len(codes), Counter[str]()
    for code, times in zip(*np.unique(codes[codes >= 0], return_counts=True), strict=True):
        for word in set(words_of(texts[int(code)])):
            rows[word] += int(times)
    most = min(MOST_WORDS, max(1, MOST_NUMBERS // max(n, 1)))
    kept = sorted(rows.items(), key=lambda one: (-one[1], one[0]))[:most]
    kept = [(word, count) for word, count in kept if count >= FEWEST_ROWS]
    idf = np.log((1 + n) / (1 + np.array([count for _, count in kept]))) + 1
    return {"words": [word for word, _ in kept], "idf": idf.tolist()}


def counts_of(column: dict[str, Any], codes: np.ndarray, texts: Sequence[str]) -> np.ndarray:
    """How often each of a column's words comes in every row, (N, V); none in a row without a text."""
    place = {word: i for i, word in enumerate(column["words"])}
    counts = np.zeros((len(codes), len(place)))
    for row in np.flatnonzero(codes >= 0):
        for word in words_of(texts[int(codes[row])]):
            if word in place:
                counts[row, place[word]] += 1
    return counts


def word_columns(column: dict[str, Any], counts: np.ndarray) -> np.ndarray:
    """tf-idf, (N, V): (1 + log count) · idf of the words that are there, every row divided by its length.

    So it is with scikit-learn's TfidfVectorizer(sublinear_tf=True) for this vocabulary.
    """
    x = np.zeros_like(counts)
    there = counts > 0
    x[there] = 1 + np.log(counts[there])
    x *= np.asarray(column["idf"])
    length = np.sqrt((x * x).sum(1, keepdims=True))
    return np.divide(x, length, out=x, where=length > 0)

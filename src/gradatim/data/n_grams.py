"""The n-grams of a text: neighbouring words, and neighbouring characters of a word."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from gradatim.data.tables.bag_of_words import words_of

MOST_WORDS = 2000  # of a text that are read
WORDS = 2  # of a word n-gram, at most
CHARACTERS = (3, 5)  # of a character n-gram, at least and at most
MOST_N_GRAMS = 200_000  # of one kind, those in the most texts of training


def first_words(text: str) -> list[str]:
    """The words of a text in lower case, the first 2,000 of a long one."""
    return words_of(text)[:MOST_WORDS]


def word_n_grams(words: Sequence[str]) -> Iterator[str]:
    """Each word, and each two that are neighbours.

    >>> list(word_n_grams(["not", "very", "good"]))
    ['not', 'very', 'good', 'not very', 'very good']
    """
    for n in range(1, WORDS + 1):
        yield from (" ".join(words[at : at + n]) for at in range(len(words) - n + 1))


def character_n_grams(words: Sequence[str]) -> Iterator[str]:
    """Three to five neighbouring characters of each word between marks of its beginning and its end
    (Bojanowski et al. 2017).

    >>> list(character_n_grams(["fun"]))
    ['<fu', 'fun', 'un>', '<fun', 'fun>', '<fun>']
    """
    least, most = CHARACTERS
    for word in words:
        whole = f"<{word}>"
        for n in range(least, most + 1):
            yield from (whole[at : at + n] for at in range(len(whole) - n + 1))


def common(texts: Iterable[Iterable[str]], fewest: int, most: int) -> tuple[str, ...]:
    """What comes in at least so many of the texts, the commonest first, and by name where two are alike.

    >>> common([["a", "b"], ["b", "b"], ["c", "a", "b"]], 2, 10)
    ('b', 'a')
    """
    counts = Counter(chain.from_iterable(map(set, texts)))
    kept = sorted((-n, name) for name, n in counts.items() if n >= fewest)
    return tuple(name for _, name in kept[:most])

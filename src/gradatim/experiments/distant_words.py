"""Sentences whose last word depends on a distant one."""

import numpy as np

from gradatim.experiments.sequence_tasks import Examples, Task

LANGUAGES = {
    "france": "french", "germany": "german", "italy": "italian", "spain": "spanish", "poland": "polish",
    "greece": "greek", "turkey": "turkish", "japan": "japanese",
}  # fmt: skip
WHO, DID = ("we", "they", "friends", "neighbours", "teachers"), ("found", "sold", "painted", "liked", "saw")
WHAT = ("boats", "houses", "gardens", "horses", "letters", "songs")
BEGIN, END = ("i", "grew", "up", "in"), (".", "so", "i", "speak", "fluent")
WORDS = tuple(sorted({*LANGUAGES, *LANGUAGES.values(), *WHO, *DID, *WHAT, *BEGIN, *END}))
PLACE = {word: number for number, word in enumerate(WORDS)}


def sentences(between: int) -> Task:
    """Sentences of one form; every word is predicted from those before it.

        i grew up in FRANCE . we saw boats . … . so i speak fluent FRENCH

    `between` words stand between the country and the end that asks for its language.

    >>> x, y, _ = sentences(7)(np.random.default_rng(3), 1)
    >>> " ".join(WORDS[n] for n in [*x[:, 0].argmax(1), y[-1, 0]])
    'i grew up in turkey . we found houses . we saw . so i speak fluent turkish'
    """

    def draw(random: np.random.Generator, n: int) -> Examples:
        countries = random.integers(0, len(LANGUAGES), n)
        filler = _filler(random, between, n)
        country, language = (
            np.array([PLACE[word] for word in words])[countries] for words in (LANGUAGES, LANGUAGES.values())
        )
        begin, end = (np.tile([[PLACE[word]] for word in part], (1, n)) for part in (BEGIN, END))
        words = np.concatenate([begin, country[None], filler, end, language[None]])
        x, y = np.eye(len(WORDS), dtype=np.float32)[words[:-1]], words[1:]
        return Examples(x, y, np.ones(y.shape, bool))

    return draw


def _filler(random: np.random.Generator, length: int, n: int) -> np.ndarray:
    """Short sentences, (length, n) word numbers, the last cut where it must be."""
    rows = []
    for step in range(length):
        kind = ((".",), WHO, DID, WHAT)[step % 4]
        rows.append(np.array([PLACE[word] for word in kind])[random.integers(0, len(kind), n)])
    return np.array(rows)

"""E9: texts as words: the cut of the vocabulary, and text that comes back as it was written."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.checks import UsageError
from gradatim.data.sources.source import Request
from gradatim.data.sources.word_text import WordTextSource
from gradatim.data.text import text_of
from gradatim.data.word_text import word_text_of
from gradatim.data.word_vocabulary import UNKNOWN, WordVocabulary, commonest, with_spaces, words_of

PROSE = (
    'He said: "No (or yes), never!"\nAnd don\'t you, my well-known friend; go?\n\n'
    "“Why,” she asked… “[now]?”\n"
)


def test_a_text_comes_back_as_it_was_written():
    assert "".join(with_spaces(words_of(PROSE))) == PROSE
    assert words_of("  tabs\tand   spaces ") == ["tabs", "and", "spaces"]
    assert words_of("snow ❄ naïve 3.5_x") == ["snow", "❄", "naïve", "3", ".", "5", "_", "x"]


@given(st.text())
def test_no_character_but_spaces_is_lost(text):
    assert "".join(words_of(text)) == "".join(c for c in text if c == "\n" or not c.isspace())


@given(st.lists(st.sampled_from("abcde,\n"), min_size=4, max_size=60), st.integers(2, 8))
def test_the_cut_keeps_the_commonest(words, most):
    counts = Counter(words)
    twice = sum(n >= 2 for n in counts.values())
    if not twice:
        with pytest.raises(UsageError, match="no word of the training text comes twice"):
            commonest(words, most)
        return
    kept = commonest(words, most).names[1:]
    assert len(kept) == min(twice, most - 1)
    assert min(counts[one] for one in kept) >= max(
        [n for one, n in counts.items() if one not in kept] + [2]
    ) or (len(kept) == twice)


def test_validation_does_not_say_which_words_are_kept():
    """`rare` comes once in training and nine times behind it: there it is unknown."""
    text = text_of("the dog ran home and " * 40 + "rare " + "the dog saw rare " * 6)
    source = WordTextSource()
    train, valid, test = source.divide(source.read(text, Request()), 0.1, 0)
    assert test is None and "rare" not in train.vocabulary.names
    assert train.vocabulary.names == valid.vocabulary.names
    assert UNKNOWN in [valid.vocabulary.names[n] for n in valid.tokens]
    assert train.characters(0, 5) == "the dog ran home and"
    assert train.fingerprint != valid.fingerprint


def test_another_vocabulary_gives_other_numbers_and_the_same_words():
    text = word_text_of(text_of("to be or not to be"), 9)
    again = text.in_numbers_of(WordVocabulary(["or", "be"]))
    assert again.tokens.tolist() == [0, 2, 1, 0, 0, 2]
    np.testing.assert_array_equal(text.in_numbers_of(text.vocabulary).tokens, text.tokens)
    assert again.characters() == f"{UNKNOWN} be or {UNKNOWN} {UNKNOWN} be".replace(
        f"{UNKNOWN} {UNKNOWN}", f"{UNKNOWN} {UNKNOWN}"
    )


@pytest.mark.parametrize("most", [0, 1, -3])
def test_a_cut_that_leaves_nothing_is_refused(most):
    with pytest.raises(UsageError, match="vocabulary must be a whole number of at least 2"):
        commonest(["a", "a"], most)


def test_a_text_of_spaces_is_refused():
    with pytest.raises(UsageError, match="text holds no words"):
        word_text_of(text_of("  \t "), 9)

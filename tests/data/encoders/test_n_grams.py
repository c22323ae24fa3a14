"""Texts as words and n-grams: scikit-learn finds the same."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from gradatim.checks import GradatimError
from gradatim.data.encoders.encoder import encoder_from, fit_encoder
from gradatim.data.labelled_texts import LabelledTexts
from gradatim.data.n_grams import MOST_WORDS, character_n_grams, first_words, word_n_grams
from gradatim.problems.classes import Classes

TEXTS = (
    "A good film, a very good film!",
    "not a good film",
    "The film isn't very good: I saw it at 5 o'clock",
    "",
    "Über-schön — très bien, très bien",
)
PROBLEM = Classes(("neg", "pos"), "binary_cross_entropy")


def texts(**more):
    return LabelledTexts(TEXTS, np.array([1, 0, 0, 1, 1]), ("neg", "pos"), **more)


def test_n_grams_are_scikit_learns():
    by_words = CountVectorizer(ngram_range=(1, 2), token_pattern=r"\w+").build_analyzer()
    by_letters = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5)).build_analyzer()
    for text in TEXTS:
        words = first_words(text)
        assert sorted(word_n_grams(words)) == sorted(by_words(text))
        grams = by_letters(" ".join(words))
        marked = {gram.replace(" ", "<", 1) if gram[0] == " " else gram for gram in grams}
        assert set(character_n_grams(words)) == {gram.replace(" ", ">") for gram in marked}


def test_a_text_is_its_words_and_behind_them_each_n_gram_once():
    encoder = fit_encoder(texts())
    assert encoder.words == ("film", "good", "a", "very")  # in three texts, and in two
    assert set(encoder.word_n_grams) == {"film", "good", "a", "very", "good film", "very good", "a good"}
    found = encoder.prepare(texts(), PROBLEM, np.float32)
    first = found.sequence(0)
    place = {word: number for number, word in enumerate(encoder.words, 1)}
    assert first[:7].tolist() == [place.get(w, 0) for w in ("a", "good", "film", "a", "very", "good", "film")]
    every = (*encoder.words, *encoder.word_n_grams, *encoder.character_n_grams)
    grams = [every[number - 1] for number in first[7:]]
    words = first_words(TEXTS[0])
    expected = {*word_n_grams(words)} & {*encoder.word_n_grams}
    assert len(grams) == len(set(first[7:]))
    assert set(grams) == expected | ({*character_n_grams(words)} & {*encoder.character_n_grams})
    assert found.sequence(3).tolist() == [0]  # of no word
    assert found.y.tolist() == [1, 0, 0, 1, 1]


def test_it_comes_back_from_its_record():
    encoder = fit_encoder(texts())
    again = encoder_from(encoder.as_dict())
    assert again == encoder
    found = again.prepare(texts(), PROBLEM, np.float32)
    assert np.array_equal(found.values, encoder.prepare(texts(), PROBLEM, np.float32).values)
    with pytest.raises(GradatimError, match=r"encoder\.words must be a list without doubles"):
        encoder_from({**encoder.as_dict(), "words": ["a", "a"]})


@pytest.mark.parametrize(("units", "empty"), [("words", "character_n_grams"), ("characters", "word_n_grams")])
def test_units_that_are_not_read_have_no_number(units, empty):
    encoder = fit_encoder(texts(units=units))
    assert getattr(encoder, empty) == ()
    assert encoder.symbols > 1
    assert (encoder.words == ()) == (units == "characters")


@pytest.mark.parametrize(("units", "text", "read"), [("words", "a GOOD zebra", 3), ("characters", "a gz", 4)])
def test_one_sequence_of_words_or_of_characters(units, text, read):
    encoder = fit_encoder(texts(encoder="text_symbols", units=units))
    numbers = encoder.numbers(text)
    assert len(numbers) == read
    assert [encoder.known[n - 1] if n else "?" for n in numbers] == (
        ["a", "good", "?"] if units == "words" else ["a", " ", "g", "?"]
    )
    assert encoder_from(encoder.as_dict()) == encoder


def test_of_a_long_text_the_beginning_is_read():
    encoder = fit_encoder(texts(units="words"))
    long = "good " * 100_000
    numbers = encoder.numbers(long + "film")
    assert (numbers <= len(encoder.words)).sum() == MOST_WORDS
    assert np.array_equal(numbers, encoder.numbers(long))


def test_texts_that_have_nothing_in_common_are_refused():
    from gradatim.checks import UsageError

    with pytest.raises(UsageError, match="no word and no part of one comes in two texts of training"):
        fit_encoder(LabelledTexts(("abc", "def"), np.array([0, 1]), ("x", "y")))

"""E11: words by their numbers, affixes and characters."""

import numpy as np
import pytest

from gradatim.checks import GradatimError
from gradatim.data.encoders.encoder import encoder_from
from gradatim.data.encoders.spelled_words import MOST, SpelledWords, shortened
from gradatim.data.sentences import sentences_of
from gradatim.problems.choose import pose

TRAIN = sentences_of([["Dogs", "run"], ["dogs", "ran"], ["dogs", "x9"]], [["N", "V"], ["N", "V"], ["N", "X"]])
ENCODER = SpelledWords.fit(TRAIN)


def test_what_two_words_of_training_have_in_common_has_a_number():
    assert ENCODER.words == ("dogs",) and ENCODER.once == ("Dogs", "ran", "run", "x9")
    both = ["1$n", "1$s", "1^d", "1^r", "2$gs", "2^do", "3$ogs", "3^dog", "4$dogs", "=xx"]
    assert ENCODER.affixes == tuple(both)
    assert ENCODER.characters == ("g", "n", "o", "r", "s")  # those that stand in two words
    assert ENCODER.sizes == {"affix_count": 11, "affix_kinds": 8, "alphabet_size": 9}


def test_a_new_word_is_read_by_what_it_shares():
    number, *rest = ENCODER.numbers(("frogs",))[0].tolist()
    assert number == 0  # no word of training
    place = {affix: i for i, affix in enumerate(ENCODER.affixes, 1)}
    assert rest[:8] == [0, 0, 0, place["1$s"], place["2$gs"], place["3$ogs"], 0, place["=xx"]]
    letters = {letter: i for i, letter in enumerate(ENCODER.characters, 4)}
    expected = [2, 1, *(letters[letter] for letter in "rogs"), 3]
    assert rest[8:] == expected + [0] * (MOST - len(expected))


def test_long_words_keep_both_ends_and_the_empty_one_is_read():
    assert shortened("a" * 7 + "m" * 50 + "z" * 7) == "a" * 7 + "z" * 7
    numbers = ENCODER.numbers(("d" * 100, "", "žluťoučký"))
    assert numbers.shape == (3, 25) and (numbers[0, 9:] > 0).all() and numbers[1, 9:12].tolist() == [2, 3, 0]


def test_each_word_of_a_part_is_counted_where_it_stands():
    """A part's vocabulary is that of all sentences; only its own words are learned from."""
    part = SpelledWords.fit(TRAIN.take(np.array([0])))
    assert part.words == () and part.once == ("Dogs", "run")


def test_known_and_unknown_words_are_parts_of_the_answers():
    new = sentences_of([["Dogs", "sleep"], ["x9"]], None, TRAIN.classes)
    parts = {name: mask.tolist() for name, mask in ENCODER.parts(new).items()}
    assert parts == {"known_words": [True, False, True], "unknown_words": [False, True, False]}


def test_it_comes_back_from_its_record_and_a_wrong_one_is_named():
    assert encoder_from(ENCODER.as_dict()) == ENCODER
    found = encoder_from(ENCODER.as_dict()).prepare(TRAIN, pose(TRAIN.question), np.float32)
    assert found.are_symbols and found.values.dtype == np.int64
    with pytest.raises(GradatimError, match="affixes"):
        encoder_from({**ENCODER.as_dict(), "affixes": 3})


def test_words_with_vectors_have_numbers_however_rare_they_are():
    wider = ENCODER.with_words({"ran", "cats"})
    assert wider.rows_of_words() == {"dogs": 1, "ran": 2} and wider.once == ("Dogs", "run", "x9")
    assert wider.numbers(("ran",))[0, 0] == 2

"""Texts as symbols and back: words by rule, characters and byte pairs without loss."""

import pytest

from gradatim.checks import UsageError
from gradatim.data.text_units import Units

TEXTS = ["Two dogs run, fast.", "Two cats sleep, fast.", "“Zwei Hunde!” – größer", "größer Hunde Zwei"]


@pytest.mark.parametrize("kind", ["characters", "bpe"])
def test_nothing_is_lost_of_texts_whose_characters_are_known(kind):
    units = Units.fit(kind, TEXTS * 2)
    assert [units.text(units.numbers(text)) for text in TEXTS] == TEXTS


def test_words_come_back_with_their_spaces():
    units = Units.fit("words", TEXTS * 2)
    assert units.text(units.numbers(TEXTS[0])) == TEXTS[0]
    assert units.text([*units.numbers("Two dogs"), 1, 5]) == "Two dogs"  # nothing behind the end


def test_byte_pairs_are_merged_the_commonest_first():
    """By hand: of "ab ab ab ac" the pair a b comes three times, ▁ a four times and is merged first."""
    units = Units.fit("bpe", ["ab ab ab ac"], 8)
    assert units.merges[0] == "▁ a"
    assert units.cut("ab ac") == ["▁ab", "▁a", "c"]


@pytest.mark.parametrize("kind", ["words", "characters", "bpe"])
def test_units_come_back_from_their_record(kind):
    units = Units.fit(kind, TEXTS * 2, 40)
    again = Units.from_dict(units.as_dict())
    assert again == units
    assert all(again.numbers(text) == units.numbers(text) for text in TEXTS)
    assert len(units) <= 40
    assert units.symbols[:2] == ("<unk>", "<end>")


def test_unknown_ones_are_symbol_0():
    assert Units.fit("words", ["a b a b"]).numbers("a 漢字 b") == [2, 0, 3]
    assert 0 in Units.fit("bpe", ["a b a b"]).numbers("漢")


def test_texts_without_a_common_word_are_refused():
    with pytest.raises(UsageError, match="none of the words comes twice"):
        Units.fit("words", ["a b", "c d"])


def test_of_a_long_text_the_beginning_is_read():
    assert len(Units.fit("words", ["a b a b"]).numbers("a b " * 5000)) == 400

"""Piano rolls as sequences: the frame before is what is read, the frame is what is asked for."""

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.data.jsb import jsb_chorales
from gradatim.data.rolls import KEYS, NOTES, Roll, Rolls, names_of, roll_of_text
from gradatim.data.splits import split

RNG = np.random.default_rng(0)
PIECES = [(RNG.random((n, KEYS)) < 0.05) * 1 for n in (3, 1, 5)]


def test_a_frame_is_read_one_step_behind_the_one_that_is_asked_for():
    found = Rolls(PIECES)
    for number, piece in enumerate(PIECES):
        assert np.array_equal(found.roll(number), piece)
        assert np.array_equal(found.sequence(number)[1:], piece[:-1]) and not found.sequence(number)[0].any()


def test_notes_are_named_as_midi_numbers_them():
    assert (NOTES[0], NOTES[60 - 21], NOTES[69 - 21], NOTES[-1]) == ("A0", "C4", "A4", "C8")
    assert names_of(np.isin(np.arange(KEYS) + 21, (60, 64, 67))) == "C4 E4 G4"


def test_a_roll_comes_back_from_its_text():
    for piece in PIECES:
        assert np.array_equal(roll_of_text(str(Roll(piece))).frames, piece)
    with pytest.raises(UsageError, match="'H4' is no note of the piano, which has A0 to C8"):
        roll_of_text("C4 H4")


def test_pieces_that_are_taken_keep_their_names_and_step():
    found = Rolls(PIECES, ["a", "b", "c"], "16th").take(np.array([2, 0]))
    assert (found.pieces, found.step, found.lengths.tolist()) == (("c", "a"), "16th", [5, 3])
    assert np.array_equal(found.roll(0), PIECES[2])


@pytest.mark.parametrize(
    "roll", [np.zeros((3, 87)), np.zeros(KEYS), np.zeros((0, KEYS)), np.full((2, KEYS), 0.5)]
)
def test_what_is_no_roll_is_refused(roll):
    with pytest.raises(UsageError, match="piece 0"):
        Rolls([roll])


def test_the_chorales_are_divided_as_they_were_published():
    found = jsb_chorales()
    parts = split(found)
    assert parts.sizes() == {"train": 229, "valid": 76, "test": 77}
    assert [len(part.values) for part in parts] == [13_807, 4_602, 4_725]
    assert found.pieces[0] == "train 1" and parts.test.pieces[-1] == "test 77"
    assert names_of(found.roll(0)[0]) == "C4 C5 G5 E6"  # 60 72 79 88

"""Error rates of transcripts: edits against a search, and the rates of a worked example."""

import pytest

from gradatim.problems.transcript import Transcript, edit_distance


@pytest.mark.parametrize(
    ("a", "b", "edits"),
    [("", "", 0), ("", "abc", 3), ("abc", "", 3), ("flaw", "lawn", 2), ("intention", "execution", 5)],
)
def test_the_fewest_edits(a, b, edits):
    assert edit_distance(a, b) == edits == edit_distance(b, a)


def test_rates_count_edits_over_the_length_of_what_is_right():
    asked = Transcript(("<unk>", "<end>", "a"), "cross_entropy")
    found = asked.scores_of(["one two", "six", ""], [("one too", "one"), ("six",), ("nine ten",)])
    # words: 1 of 2, or of the nearer reference; 0 of 1; 2 of 2.  characters: 1 of 7, 0 of 3, 8 of 8
    assert found["word_error"] == pytest.approx(3 / 5) and found["exact"] == pytest.approx(1 / 3)
    assert found["character_error"] == pytest.approx(9 / 18)
    assert asked.deciding == ("word_error", -1)

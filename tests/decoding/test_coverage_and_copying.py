"""What attention is used for behind a search: the coverage penalty, and words that are copied."""

import numpy as np
import pytest

from gradatim.decoding.copying import copy_unknown
from gradatim.decoding.coverage import coverage_penalty

ALPHA = np.array([[0.6, 0.3, 0.1], [0.2, 0.2, 0.6], [0.9, 0.05, 0.05]])


def test_the_penalty_is_the_papers_sum():
    """By hand: columns 1.7, 0.55 and 0.75, of which the first counts as 1."""
    assert coverage_penalty(ALPHA) == pytest.approx(np.log(0.55) + np.log(0.75), abs=1e-14)
    assert coverage_penalty(np.eye(4)) == 0.0


def test_what_was_never_read_costs_most_and_stays_a_number():
    passed_over = np.array([[1.0, 0.0]])
    assert -30 < coverage_penalty(passed_over) < coverage_penalty(np.array([[0.9, 0.1]]))


def test_unknown_words_are_those_attended_to_most():
    read = ["wir", "sehen"]
    assert copy_unknown([0, 7, 0], ["<unk>", "see", "<unk>"], ALPHA, read) == ["wir", "see", "wir"]
    assert copy_unknown([7, 0], ["we", "<unk>"], ALPHA, read) == ["we", "wir"]  # most is the end: no word
    assert copy_unknown([4], ["a"], ALPHA, read) == ["a"]
    assert copy_unknown([0], ["<unk>"], ALPHA, []) == ["<unk>"]

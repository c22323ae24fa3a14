"""What attention is used for behind a search: the coverage penalty, and words that are copied."""

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.decoding.beam_search import beam_search
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


class Reader:
    """Says 0 or 2 as often, whatever came before, or ends; attends to the first step before a 0 was said, to
    the second afterwards.
    """

    def remember(self, values, lengths):
        return {"x": values}, {"zero": torch.zeros(len(values), dtype=torch.bool)}

    def advance(self, said, memory, state):
        zero = state["zero"] | (said == 0)
        where = torch.where(zero, 1, 0)
        state = {"zero": zero, "attention": torch.eye(3, dtype=torch.float64)[where]}
        return torch.log(torch.tensor([0.1, 0.5, 0.4], dtype=torch.float64)).expand(len(said), 3), state


def test_the_penalty_ranks_what_has_read_all_of_its_input_first():
    """Without it the shortest is the best; with it the best has said 0 and then read the second step.

    The third step is padding, and costs nothing.
    """
    x, lengths = torch.zeros(2, 3, dtype=torch.long), torch.tensor([2, 1])
    plain = beam_search(Reader(), x, lengths, 3, 3, beam=20, length_penalty=0.0)
    assert [some[0].symbols for some in plain] == [[1], [1]]
    found = beam_search(Reader(), x, lengths, 3, 3, beam=20, length_penalty=0.0, coverage=0.5)
    assert [some[0].symbols for some in found] == [[0, 1], [1]]
    assert found[0][0].score == pytest.approx(np.log(0.1 * 0.5), abs=1e-12)
    assert found[0][0].attention.tolist() == [[1, 0], [0, 1]]


def test_a_network_that_attends_to_nothing_has_no_coverage():
    class Deaf(Reader):
        def advance(self, said, memory, state):
            scores, state = super().advance(said, memory, state)
            return scores, {"zero": state["zero"]}

    with pytest.raises(UsageError, match="a coverage penalty needs a network that attends"):
        beam_search(Deaf(), torch.zeros(1, 3), None, 3, 3, coverage=0.1)

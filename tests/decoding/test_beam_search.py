"""Beam search against every sequence there is, against greedy search, and one input at a time."""

from itertools import product

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.data.text_units import END_NUMBER as END
from gradatim.decoding.beam_search import beam_search
from search_table import Table, log_p


def every(K, T):
    """Every sequence of at most T symbols that ends, and those of T that do not."""
    others = [k for k in range(K) if k != END]
    for t in range(T):
        for some in product(others, repeat=t):
            yield [*some, END]


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_a_wide_beam_finds_the_best_of_all_sequences(alpha):
    """With room for every prefix, the best four by score are those of the whole list, to 1e-12."""
    K, T = 3, 4
    table = Table(K)
    for x in range(3):
        found = beam_search(table, torch.tensor([x]), None, K, T, beam=200, best=4, length_penalty=alpha)[0]
        scored = [(log_p(table, x, y) / ((5 + len(y)) / 6) ** alpha, y) for y in every(K, T)]
        best = sorted(scored, reverse=True)
        complete = [one for one in found if one.symbols[-1] == END]
        for one, (score, y) in zip(complete, best, strict=False):
            assert one.symbols == y
            assert one.score == pytest.approx(score, abs=1e-12)
            assert one.log_p == pytest.approx(log_p(table, x, y), abs=1e-12)


def test_a_beam_of_one_is_greedy():
    table = Table(6, seed=1)
    for x in range(9):
        (found,) = beam_search(table, torch.tensor([x]), None, 6, 8, beam=1)[0]
        before, said = (6, 6), []
        for _ in range(8):
            said.append(int(table.scores[x, before[0], before[1]].argmax()))
            before = (before[1], said[-1])
            if said[-1] == END:
                break
        assert found.symbols == said


def test_inputs_together_are_inputs_one_by_one():
    """Those that are done early leave the others as they are; attention goes with its prefix."""
    table = Table(7, seed=2, attends=True)
    x = torch.arange(9)
    together = beam_search(table, x, None, 7, 10, beam=4, best=3)
    for row in range(9):
        alone = beam_search(table, x[row : row + 1], None, 7, 10, beam=4, best=3)[0]
        assert [one.symbols for one in together[row]] == [one.symbols for one in alone]
        for one in together[row]:
            assert one.attention.shape == (len(one.symbols), 8)
            before = [7, *one.symbols[:-1]]  # each step attended to what had been said
            assert one.attention.argmax(1).tolist() == before


def test_a_sequence_that_never_ends_is_cut():
    table = Table(4, seed=3)
    table.scores[..., END] = -1e9
    (found,) = beam_search(table, torch.tensor([0]), None, 4, 5, beam=3)[0]
    assert len(found.symbols) == 5
    assert END not in found.symbols


def test_a_beam_that_cannot_be_is_refused():
    with pytest.raises(UsageError, match="beam must be"):
        beam_search(Table(4), torch.tensor([0]), None, 4, 5, beam=0)

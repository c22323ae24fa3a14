"""Drawn sequences: how often each comes, what the seed decides, and what the batch does not."""

import numpy as np
import pytest
import torch
from scipy.stats import chi2

from gradatim.checks import UsageError
from gradatim.data.text_units import END_NUMBER as END
from gradatim.decoding.beam_search import beam_search
from gradatim.decoding.sequence_sampling import Draw, sample_sequences
from search_table import Table, log_p

K = 6
TABLE = Table(K, attends=True)


def drawn(x, numbers, best=1, most_steps=8, **how):
    return sample_sequences(TABLE, torch.tensor(x), None, K, most_steps, numbers, best, Draw(**how))


def statistic(counts, p):
    """Pearson's chi-square of counts of what has the probabilities p; as large as its 0.999 quantile once in
    a thousand seeds.
    """
    expected = counts.sum() * p
    return float(((counts - expected) ** 2 / expected).sum())


@pytest.mark.parametrize(("temperature", "top_k"), [(1.0, None), (0.5, None), (2.0, 3)])
def test_first_symbols_come_as_often_as_the_softmax_says(temperature, top_k):
    n = 4000
    (found,) = drawn([3], [0], best=n, most_steps=1, temperature=temperature, top_k=top_k)
    s = TABLE.scores[3, K, K] / temperature
    if top_k is not None:
        s = torch.where(s >= s.sort(descending=True)[0][top_k - 1], s, -torch.inf)
    p = s.softmax(0).numpy()
    counts = np.bincount([one.symbols[0] for one in found], minlength=K)
    assert counts[p == 0].sum() == 0
    assert statistic(counts[p > 0], p[p > 0]) < chi2.ppf(0.999, (p > 0).sum() - 1)


def test_second_symbols_come_as_the_first_says():
    (found,) = drawn([1], [0], best=4000, most_steps=2)
    first = max(set(range(K)) - {END}, key=lambda k: float(TABLE.scores[1, K, K, k]))
    after = [one.symbols[1] for one in found if one.symbols[0] == first]
    p = TABLE.scores[1, K, first].softmax(0).numpy()
    assert len(after) > 500
    assert statistic(np.bincount(after, minlength=K), p) < chi2.ppf(0.999, K - 1)


def test_what_is_said_of_a_sequence_is_true():
    for row, some in enumerate(drawn(range(9), range(9), best=3, temperature=0.7)):
        for one in some:
            assert one.log_p == one.score == pytest.approx(log_p(TABLE, row, one.symbols), abs=1e-12)
            assert END not in one.symbols[:-1] and len(one.symbols) <= 8
            assert one.symbols[-1] == END or len(one.symbols) == 8
            before = [K, *one.symbols[:-1]]  # each step attended to what had been said
            assert one.attention.argmax(1).tolist() == before


def test_at_a_temperature_of_0_it_is_greedy_search():
    for temperature in (0.0, 1e-9):
        found = drawn(range(9), range(9), temperature=temperature)
        greedy = beam_search(TABLE, torch.arange(9), None, K, 8, beam=1)
        for (one,), (other,) in zip(found, greedy, strict=True):
            assert one.symbols == other.symbols
            assert one.log_p == pytest.approx(other.log_p, abs=1e-12)


def test_the_seed_and_the_input_s_number_decide_and_not_the_batch():
    together = drawn(range(9), range(9), best=3)
    assert [[one.symbols for one in some] for some in together] == [
        [one.symbols for one in drawn([row], [row], best=3)[0]] for row in range(9)
    ]
    backwards = drawn(range(8, -1, -1), range(8, -1, -1), best=3)[::-1]
    assert [one.symbols for some in backwards for one in some] == [
        one.symbols for some in together for one in some
    ]
    first = drawn(range(9), range(9), best=1)  # the first of several is the only one of one
    assert [some[0].symbols for some in together] == [some[0].symbols for some in first]
    other = drawn(range(9), range(9), best=3, seed=1)
    assert [some[0].symbols for some in other] != [some[0].symbols for some in together]
    same_input = drawn([4] * 20, range(20))  # other numbers, other draws
    assert len({tuple(some[0].symbols) for some in same_input}) > 5


@pytest.mark.parametrize(
    ("how", "sentence"),
    [({"temperature": -1}, "temperature must be"), ({"top_k": 0}, "top_k must be")],
)
def test_what_cannot_be_is_refused(how, sentence):
    with pytest.raises(UsageError, match=sentence):
        drawn([0], [0], **how)

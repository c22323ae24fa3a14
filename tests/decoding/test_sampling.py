"""Choices from scores, against softmax, enumeration and frequencies."""

from itertools import islice, product

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from gradatim.checks import UsageError
from gradatim.decoding.generating import generate
from gradatim.decoding.sampling import choose, greedy, probabilities, sample, uniform

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("temperature", [0.2, 1.0, 3.0])
def test_probabilities_are_torch_s_softmax(temperature):
    """To 1e-14, also where e^s would overflow."""
    for scale in (1, 1000):
        s = scale * RNG.standard_normal(30)
        expected = torch.softmax(torch.from_numpy(s) / temperature, 0).numpy()
        np.testing.assert_allclose(probabilities(s, temperature), expected, rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("k", [1, 2, 5, 30, 99])
def test_top_k_is_softmax_over_the_k_best_alone(k):
    s = RNG.standard_normal(30)
    p = probabilities(s, 0.7, k)
    best = torch.topk(torch.from_numpy(s), min(k, 30))
    np.testing.assert_allclose(p[best.indices], torch.softmax(best.values / 0.7, 0).numpy(), rtol=1e-13)
    assert (p > 0).sum() == min(k, 30)
    assert abs(p.sum() - 1) < 1e-14


def test_ties_keep_the_first_and_limits_are_what_they_should_be():
    np.testing.assert_array_equal(probabilities(np.array([1.0, 3, 3, 3]), top_k=2), [0, 0.5, 0.5, 0])
    np.testing.assert_array_equal(probabilities(np.array([1.0, 3, 3]), temperature=0), [0, 1, 0])
    np.testing.assert_allclose(probabilities(np.array([1.0, 3, 2]), 1e9), [1 / 3] * 3, rtol=1e-8)
    np.testing.assert_array_equal(probabilities(np.array([1.0, 3, 2]), 1e-300), [0, 1, 0])
    assert greedy(np.array([1.0, 3, 3])) == 1


def test_a_choice_divides_the_line_exactly_as_the_probabilities_do():
    """Over a fine grid of u every j is chosen in its own part, of length p_j to one grid step."""
    p = probabilities(RNG.standard_normal(7), top_k=5)
    chosen = np.array([choose(p, u) for u in (np.arange(20_000) + 0.5) / 20_000])
    assert (np.diff(chosen) >= 0).all()
    np.testing.assert_allclose(np.bincount(chosen, minlength=7) / 20_000, p, atol=1 / 20_000)
    assert choose(np.array([0.5, 0.5, 0.0]), 1 - 2**-53) == 1  # never a part of no length
    assert choose(np.array([0.0, 1.0]), 0.0) == 1


def test_uniform_numbers_are_uniform_and_functions_of_their_place():
    u = np.array([uniform(1, position) for position in range(20_000)])
    assert u.min() >= 0 and u.max() < 1
    assert chisquare(np.bincount((u * 50).astype(int), minlength=50)).pvalue > 0.001
    assert abs(np.corrcoef(u[1:], u[:-1])[0, 1]) < 0.03
    assert uniform(1, 17) == u[17] != uniform(2, 17)


@pytest.mark.parametrize(("temperature", "top_k"), [(1.0, None), (0.5, None), (2.0, 3)])
def test_samples_have_the_probabilities_as_their_frequencies(temperature, top_k):
    s = RNG.standard_normal(6)
    p = probabilities(s, temperature, top_k)
    drawn = [sample(s, 5, position, temperature, top_k) for position in range(6000)]
    counts = np.bincount(drawn, minlength=6)
    assert not counts[p == 0].any()
    assert chisquare(counts[p > 0], 6000 * p[p > 0]).pvalue > 0.001


def markov(token, state):
    """The next of three tokens depends on the last two; the state is the last one."""
    table = np.log(np.array([[[6, 3, 1], [1, 8, 1], [2, 2, 6]], [[1, 1, 8], [5, 4, 1], [3, 3, 4]],
                             [[2, 7, 1], [4, 4, 2], [1, 3, 6]]]) / 10)  # fmt: skip
    return table[token if state is None else state, token], token


def test_sequences_have_the_probabilities_of_enumeration():
    """All 27 sequences of three tokens behind a prompt, their probability multiplied out, and 4,000 drawn."""
    exact = {}
    for sequence in product(range(3), repeat=3):
        scores, state = markov(0, None)
        p = 1.0
        for token in sequence:
            p *= probabilities(scores, 0.8)[token]
            scores, state = markov(token, state)
        exact[sequence] = p
    assert abs(sum(exact.values()) - 1) < 1e-12
    counts = dict.fromkeys(exact, 0)
    for seed in range(4000):
        counts[tuple(islice(generate(markov, [0], seed, 0.8), 3))] += 1
    assert chisquare(list(counts.values()), [4000 * p for p in exact.values()]).pvalue > 0.001


def test_a_sequence_is_a_function_of_its_seed():
    one = list(islice(generate(markov, [0, 1], seed=3), 50))
    assert one == list(islice(generate(markov, [0, 1], seed=3), 50))
    assert one != list(islice(generate(markov, [0, 1], seed=4), 50))
    assert one[:20] == list(islice(generate(markov, [0, 1], seed=3), 20))


def test_the_prompt_is_read_before_anything_is_said():
    read = []

    def step(token, state):
        read.append((token, state))
        return np.eye(4)[3], len(read)

    assert list(islice(generate(step, [2, 0, 1], temperature=0), 2)) == [3, 3]
    assert read == [(2, None), (0, 1), (1, 2), (3, 3)]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: probabilities(np.zeros(3), -1), "temperature must be a number at least 0; it is -1"),
        (lambda: probabilities(np.zeros(3), top_k=0), "top_k must be a whole number of at least 1; it is 0"),
        (
            lambda: probabilities(np.array([0, np.nan])),
            "scores must be a row of finite numbers; their shape is",
        ),
        (
            lambda: probabilities(np.zeros((2, 2))),
            "scores must be a row of finite numbers; their shape is (2, 2)",
        ),
        (lambda: next(generate(markov, [])), "a prompt needs one token at least"),
    ],
)
def test_misuse_is_refused(call, sentence):
    with pytest.raises(UsageError) as error:
        call()
    assert str(error.value).startswith(sentence)

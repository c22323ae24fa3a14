"""I9: skip-gram with negative sampling against autograd of the paper's loss; its draws against counting."""

import warnings

import numpy as np
import pytest
import torch

from gradatim.checks import Notice, UsageError
from gradatim.data.contexts import Contexts, Draws, alias_table
from gradatim.data.word_vectors import word_vectors_of
from gradatim.data.words_in_context import FEWEST
from gradatim.models.skip_gram import SkipGram
from gradatim.random import key
from gradatim.unsupervised import skip_gram as loop_file
from gradatim.unsupervised import skip_gram_kernel as kernel
from gradatim.unsupervised.skip_gram import SkipGramTraining
from gradatim.unsupervised.skip_gram_steps import Kept, rates_of, skip_gram_steps

WORDS = 7
TOKENS = (np.sin(1.3 * np.arange(400)) ** 2 * (WORDS - 1) + 1).astype(np.int32)
COUNTS = np.bincount(TOKENS, minlength=WORDS)


def text(window=3):
    return Contexts(TOKENS, COUNTS, window)


def mix(at, n):
    """SplitMix64 in Python's whole numbers."""
    low = 2**64 - 1
    h = (at + (n + 1) * 0x9E3779B97F4A7C15) & low
    h = (h ^ h >> 30) * 0xBF58476D1CE4E5B9 & low
    h = (h ^ h >> 27) * 0x94D049BB133111EB & low
    return h ^ h >> 31


def pairs_by_hand(words, places, at, c, k, noise):
    """Every pair of the kept words: word, context, noise; from the rule of the draws, one by one."""
    found, S = [], 2 + 2 * c * k
    for i, (word, place) in enumerate(zip(words, places, strict=True)):
        b = 1 + (mix(at, place * S + 1) >> 32) * c // 2**32
        for slot, o in enumerate([*range(-c, 0), *range(1, c + 1)]):
            if abs(o) > b or not 0 <= i + o < len(words):
                continue
            drawn = []
            for h in (mix(at, place * S + 2 + slot * k + n) for n in range(k)):
                s = (h >> 32) * len(noise.alias) // 2**32
                drawn.append(s if h % 2**32 < noise.threshold[s] else noise.alias[s])
            found.append([word, words[i + o], *drawn])
    return found


def by_autograd(W, C, pairs, rates):
    """Stochastic gradient descent on −log σ(u_oᵀ v) − Σ log σ(−u_nᵀ v) over noise that is not o."""
    W, C = (torch.tensor(one, requires_grad=True) for one in (W, C))
    total = 0.0
    for (w, o, *noise), rate in zip(pairs, rates, strict=True):
        sigma = torch.nn.functional.logsigmoid
        loss = -sigma(C[o] @ W[w]) - sum(sigma(-(C[n] @ W[w])) for n in noise if n != o)
        total += float(loss.detach())
        gradients = torch.autograd.grad(loss, (W, C))
        with torch.no_grad():
            for one, gradient in zip((W, C), gradients, strict=True):
                one -= rate * gradient
    return W.detach().numpy(), C.detach().numpy(), total


def start(dtype=np.float64, D=5):
    W, C = (kernel.padded_rows(WORDS, D, np.dtype(dtype)) for _ in range(2))
    W[:, :D] = np.sin(np.arange(WORDS * D)).reshape(WORDS, D)
    C[:, :D] = np.cos(np.arange(WORDS * D)).reshape(WORDS, D) / 2
    return W, C


@pytest.mark.parametrize("steps", ["definition", "kernel"])
def test_the_steps_are_those_of_autograd(steps):
    """300 words with seven different ones, whose noise often comes twice or is the context; to 1e-12."""
    data, negative = text(), 4
    draws = data.draws(key("oracle"), negative)
    places = data.kept(draws, 0.05)
    kept = Kept(TOKENS[places], places, rates_of(0.3, places / 500))
    pairs = pairs_by_hand(kept.words.tolist(), places.tolist(), draws.at, 3, negative, data.noise)
    assert np.array_equal(draws.pairs(kept.words, places, np.arange(len(places))), pairs)
    many = np.array([sum(p[0] == w for p in pairs) for w in range(WORDS)])
    assert many[0] == 0
    W, C = start()
    rate_of = dict(zip(places.tolist(), kept.rates.tolist(), strict=True))
    rates = [rate for place in places.tolist() for rate in [rate_of[place]] * reach(draws, kept, place)]
    expected = by_autograd(W[:, :5], C[:, :5], pairs, rates)
    if steps == "definition":
        loss, count = skip_gram_steps(W, C, kept, draws, 0, len(places))
    else:
        taken = kernel.Steps(W, C, negative)
        assert taken.path == "compiled C"
        first = taken.take(kept, draws, 0, 100)
        second = taken.take(kept, draws, 100, len(places))
        loss, count = first[0] + second[0], first[1] + second[1]
    assert count == len(pairs)
    assert loss == pytest.approx(expected[2], rel=1e-12)
    np.testing.assert_allclose(W[:, :5], expected[0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(C[:, :5], expected[1], rtol=0, atol=1e-12)
    assert not W[:, 5:].any()
    assert not C[:, 5:].any()


def reach(draws, kept, place):
    """How many contexts the word at a place has."""
    i = int(np.flatnonzero(kept.places == place)[0])
    b = int(draws.reaches(np.array([place]))[0])
    return min(i, b) + min(len(kept.places) - 1 - i, b)


@pytest.mark.parametrize(("D", "negative", "window"), [(1, 1, 1), (16, 5, 5), (17, 20, 2), (100, 3, 9)])
def test_the_kernel_is_the_definition_in_float32(D, negative, window):
    """Of any size; to 2e-5, the rounding of a thousand steps of float32."""
    data = text(window)
    draws = data.draws(key("float32"), negative)
    places = data.kept(draws, 0)
    kept = Kept(TOKENS, places, rates_of(0.05, places / 400))
    W, C = start(np.float32, D)
    ours, theirs = (W.copy(), C.copy()), start(np.float32, D)
    loss, count = skip_gram_steps(*ours, kept, draws, 0, 400)
    fast, also = kernel.Steps(*theirs, negative).take(kept, draws, 0, 400)
    assert count == also
    assert fast == pytest.approx(loss, rel=1e-5)
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=2e-5)


def test_large_scores_have_a_finite_loss():
    """−log σ(z) is about −z: of 20 noise words with a score of 300 each it is their sum, to 1e-6."""
    W, C = start(np.float64, 8)
    W[:, 0], C[:] = 300, 0
    C[1:, 0] = 1
    data = text(1)
    draws = data.draws(3, 20)
    kept = Kept(TOKENS[:2], np.arange(2), np.full(2, 1e-30))
    a = skip_gram_steps(W.copy(), C.copy(), kept, draws, 0, 2)
    b = kernel.Steps(W, C, 20).take(kept, draws, 0, 2)
    assert a[1] == b[1] == 2
    assert np.isfinite(b[0])
    assert a[0] > 300


@pytest.mark.parametrize("p", [[1.0], [0.0, 1.0], [0.5, 0.25, 0.125, 0.125], list(np.arange(50.0) ** 0.75)])
def test_an_alias_table_holds_its_distribution(p):
    """Every probability, summed over the slots, to 2⁻³⁰."""
    table = alias_table(np.array(p))
    K = len(p)
    found = table.threshold / 2.0**32 / K
    np.add.at(found, table.alias, (1 - table.threshold / 2.0**32) / K)
    np.testing.assert_allclose(found, np.array(p) / np.sum(p), rtol=0, atol=2**-30)


def test_the_draws_have_the_paper_s_distributions():
    """Shares of 40,000 words, within four standard deviations: words kept, reaches, noise by count^¾."""
    tokens = np.repeat(np.arange(1, 5), [30_000, 8000, 1500, 500]).astype(np.int32)
    counts = np.bincount(tokens)
    data = Contexts(tokens, counts, 4)
    draws = data.draws(key("shares"), 3)
    kept = np.bincount(tokens[data.kept(draws, 0.01)], minlength=5)
    for word in range(1, 5):
        p = min(1.0, (0.01 * len(tokens) / counts[word]) ** 0.5)
        assert abs(kept[word] - p * counts[word]) <= 4 * (p * (1 - p) * counts[word]) ** 0.5
    b = np.bincount(draws.reaches(np.arange(len(tokens))), minlength=5)
    assert b[0] == 0
    assert abs(b[1:] - 10_000).max() < 4 * (40_000 * 3 / 16) ** 0.5
    noise = np.bincount(
        draws.pairs(tokens, np.arange(len(tokens)), np.arange(8000))[:, 2:].ravel(), minlength=5
    )
    p = counts**0.75 / (counts**0.75).sum()
    n = noise.sum()
    assert noise[0] == 0
    assert (abs(noise - n * p) <= 4 * (n * p * (1 - p)) ** 0.5).all()
    assert len(data.kept(draws, 0)) == len(tokens)


def trained(epochs=3, **more):
    model = SkipGram(WORDS, 6, negative=3, sample=0.05)
    model.draw_parameters(1, "")
    return SkipGramTraining(model, text(), epochs=epochs, lr=0.2, seed=4, valid=text(), **more)


def vectors(loop):
    tensors, _ = loop.state()
    return {name: value.copy() for name, value in tensors.items()}


def same(a, b):
    return a.keys() == b.keys() and all(np.array_equal(a[name], b[name]) for name in a)


def test_it_goes_on_bit_for_bit_wherever_it_stops():
    """Between two batches, and between two epochs; the sizes of batches change nothing."""
    whole = trained(batch_size=7)
    records = list(whole)
    for stop in (1, 20, 60, 90):
        first = trained(batch_size=7)
        while first.step < stop:
            first.advance(0.0)
        again = trained(batch_size=7)
        again.restore(*first.state())
        rest = list(again)
        assert same(vectors(again), vectors(whole))
        assert rest[-1].train_loss == pytest.approx(records[-1].train_loss, rel=1e-12)
        assert rest[-1].valid == records[-1].valid
    large = trained(batch_size=10_000)
    list(large)
    assert same(vectors(large), vectors(whole))
    other = SkipGramTraining(SkipGram(WORDS, 6, 3, 0.05), text(), epochs=3, lr=0.2, seed=5)
    list(other)
    assert not same(vectors(other), vectors(whole))


def test_the_rate_falls_in_a_line():
    loop = trained(epochs=4)
    rates = [record.lr for record in loop]
    done = 400 * np.arange(1, 5) - 1  # the last word of each epoch, where it is kept
    assert rates == pytest.approx(0.2 * (1 - done / 1600), abs=0.2 * 5 / 1600)
    assert rates[-1] > 0


def test_measures_are_those_of_the_network():
    """Of the held pairs, by the module in float64, to 1e-12."""
    loop = trained(precision="float64")
    found = list(loop)[-1].valid
    x = text().held().x
    assert ((x[:, 2:] != x[:, 1:2]) & (x[:, 2:] > 0)).all()
    with torch.no_grad():
        a = loop.model(torch.from_numpy(x))
    loss = torch.nn.functional.softplus(-a[:, 0]) + torch.nn.functional.softplus(a[:, 1:]).sum(1)
    assert found["loss"] == pytest.approx(float(loss.mean()), rel=1e-12)
    above = (a[:, :1] > a[:, 1:]).double() + 0.5 * (a[:, :1] == a[:, 1:])
    assert found["context_above_noise"] == pytest.approx(float(above.mean()), rel=1e-12)
    assert loop.evaluate(text()) == found


def test_without_a_compiler_the_steps_are_numpy_s_and_it_is_said(monkeypatch):
    fast = trained(epochs=1, precision="float64")
    list(fast)
    monkeypatch.setattr(kernel, "steps_path", lambda *_: (False, "NumPy: there is no C compiler"))
    slow = trained(epochs=1, precision="float64")
    with pytest.warns(Notice, match=r"slow without a compiled kernel; NumPy: there is no C compiler"):
        list(slow)
    for name, value in vectors(slow).items():
        np.testing.assert_allclose(value, vectors(fast)[name], rtol=0, atol=1e-12)


def test_words_of_one_topic_come_together():
    """Sentences of one of two topics, ten words each: of every word the four nearest are of its topic."""
    rng = np.random.default_rng(0)
    topics = rng.integers(2, size=1500)
    tokens = (1 + 10 * np.repeat(topics, 8) + rng.integers(10, size=12_000)).astype(np.int32)
    data = Contexts(tokens, np.bincount(tokens), 3)
    model = SkipGram(21, 8, sample=0)
    loop = SkipGramTraining(model, data, epochs=10)
    losses = [record.train_loss for record in loop]
    assert losses[-1] < losses[0] - 0.05

    class Encoder:
        @staticmethod
        def rows_of_words():
            return {f"w{n}": n for n in range(1, 21)}

    found = word_vectors_of(loop.model, Encoder)
    for n in range(1, 21):
        topic = {f"w{m}" for m in range(1, 21) if (m > 10) == (n > 10)}
        assert {near.word for near in found.nearest(f"w{n}", 4)} <= topic


def test_what_cannot_be_is_refused():
    with pytest.raises(UsageError, match="at least two words"):
        SkipGramTraining(SkipGram(3), Contexts(TOKENS[:1], COUNTS, 2))
    with pytest.raises(UsageError, match="window must be a whole number of at most 1,000"):
        SkipGramTraining(SkipGram(WORDS), text(5000))
    with pytest.raises(UsageError, match="precision"):
        trained(precision="bfloat16")
    with pytest.raises(UsageError, match="negative must be a whole number of at least 1"):
        SkipGram(3, negative=0)
    loop = trained(epochs=1)
    other = SkipGramTraining(SkipGram(WORDS, 9), text(), epochs=1)
    with pytest.raises(UsageError, match="the checkpoint's words are"):
        other.restore(*loop.state())
    assert FEWEST == 5


def test_a_text_without_valid_pairs_is_not_measured():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loop = SkipGramTraining(SkipGram(WORDS, 4), text(), epochs=1, valid=Contexts(TOKENS[:1], COUNTS, 3))
        assert next(loop).valid == {}


def test_draws_of_two_epochs_differ():
    draws = [Draws(key(0, "skip_gram", epoch), 5, 5, text().noise) for epoch in (0, 1)]
    a, b = (one.pairs(TOKENS, np.arange(400), np.arange(400)) for one in draws)
    assert a.shape != b.shape or not np.array_equal(a, b)
    assert loop_file.MOST_REACH == 1000

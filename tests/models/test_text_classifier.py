"""A class for a text: naive Bayes' evidence, its parts by hand, and padding that changes nothing."""

import numpy as np
import pytest
import torch
from sklearn.naive_bayes import BernoulliNB

from gradatim.checks import UsageError
from gradatim.data.ragged import Ragged
from gradatim.models.building import build
from gradatim.models.text_classifier import TextClassifier

WORDS, OF_WORDS, SYMBOLS = 5, 4, 16  # 0 … 5 are words, 6 … 9 n-grams of words, 10 … 15 of characters


def examples(classes, n=40, seed=0):
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(n):
        grams = np.flatnonzero(rng.random(SYMBOLS - WORDS - 1) < 0.4) + WORDS + 1
        rows.append([*rng.integers(0, WORDS + 1, rng.integers(1, 9)), *grams])
    return Ragged(rows, rng.integers(0, classes, n))


def network(outputs, **more):
    entry = {"name": "text_classifier", "vocabulary_size": SYMBOLS, "words": WORDS, "word_n_grams": OF_WORDS}
    return build({**entry, "num_classes": outputs, "embedding_size": 3, **more}, 0, torch.float64)


def batch(data):
    length = data.lengths.max()
    values = np.zeros((len(data), length), np.int64)
    for i in range(len(data)):
        values[i, : data.lengths[i]] = data.sequence(i)
    return torch.from_numpy(values), torch.from_numpy(data.lengths)


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_it_begins_with_the_evidence_of_naive_bayes(outputs):
    data, net = examples(max(outputs, 2)), network(outputs)
    net.begin_from(data)
    grams = np.zeros((len(data), SYMBOLS - WORDS - 1))
    for i in range(len(data)):
        numbers = data.sequence(i)
        grams[i, numbers[numbers > WORDS] - WORDS - 1] = 1
    logs = BernoulliNB(alpha=1.0).fit(grams, data.y).feature_log_prob_.T  # (F, K)
    expected = logs[:, 1:] - logs[:, :1] if outputs == 1 else logs - logs.mean(1, keepdims=True)
    np.testing.assert_allclose(net.evidence.numpy(), expected, rtol=1e-12)
    np.testing.assert_allclose(net.weights_of_n_grams().numpy(), 0.1 * expected, rtol=1e-12)


@pytest.mark.parametrize("outputs", [1, 3])
def test_its_scores_are_the_mean_of_three_sums(outputs):
    data, net = examples(max(outputs, 2), n=7), network(outputs).eval()
    net.begin_from(data)
    with torch.no_grad():
        net.trust.copy_(torch.rand_like(net.trust))
        net.bias.copy_(torch.rand_like(net.bias))
        scores = net(*batch(data)).numpy()
    weights, bias = net.weights_of_n_grams().numpy(), net.bias.detach().numpy()
    vectors = net.embedding.weight.detach().numpy().T
    w, b = net.head.weight.detach().numpy(), net.head.bias.detach().numpy()
    for i in range(len(data)):
        numbers = data.sequence(i)
        words, grams = numbers[numbers <= WORDS], numbers[numbers > WORDS] - WORDS - 1
        of_words = weights[grams[grams < OF_WORDS]].sum(0) + bias[0]
        of_letters = weights[grams[grams >= OF_WORDS]].sum(0) + bias[1]
        pooled = np.concatenate([vectors[words].mean(0), vectors[words].max(0)])
        expected = (of_words + of_letters + w @ pooled + b) / 3
        np.testing.assert_allclose(scores[i], expected, rtol=1e-12)


def test_padding_changes_no_score():
    data, net = examples(3), network(3).eval()
    net.begin_from(data)
    values, lengths = batch(data)
    with torch.no_grad():
        whole = net(values, lengths)
        wider = net(torch.cat([values, torch.full((len(data), 9), SYMBOLS - 1)], 1), lengths)
        alone = [net(values[i : i + 1, : lengths[i]], lengths[i : i + 1]) for i in range(len(data))]
    torch.testing.assert_close(wider, whole, rtol=0, atol=1e-12)
    torch.testing.assert_close(torch.cat(alone), whole, rtol=0, atol=1e-12)


def test_while_training_each_part_gives_its_own_scores():
    data, net = examples(2), network(1)
    net.begin_from(data)
    found = net.train()(*batch(data))
    assert [tuple(part.shape) for part in found] == [(40, 1)] * 3
    assert net.parts == ("words", "characters", "deep") and sum(net.output_weights) == pytest.approx(1)
    found[0].sum().backward()
    grad = net.trust.grad[:, 0]
    assert grad[:OF_WORDS].abs().sum() > 0 and not grad[OF_WORDS:].any()  # each learns for itself
    assert net.embedding.weight.grad is None


@pytest.mark.parametrize(
    ("sizes", "parts"),
    [
        ({"words": 5, "word_n_grams": 10}, ("words", "deep")),
        ({"words": 0, "word_n_grams": 0}, ("characters",)),
        ({"words": 15, "word_n_grams": 0}, ("deep",)),
    ],
)
def test_a_part_without_symbols_is_left_out(sizes, parts):
    net = TextClassifier(16, num_classes=2, **sizes)
    assert net.parts == parts
    values = torch.tensor([[0, 15, 14], [0, 0, 0]])
    assert net.eval()(values, torch.tensor([3, 1])).shape == (2, 2)
    assert torch.isfinite(net(values, torch.tensor([3, 1]))).all()


def test_what_cannot_be_is_refused():
    with pytest.raises(UsageError, match="vocabulary_size must be at least 1 \\+ words \\+ word_n_grams, 7"):
        TextClassifier(6, words=3, word_n_grams=3, num_classes=2)
    with pytest.raises(UsageError, match=r"the network reads whole numbers \(texts, symbols\)"):
        TextClassifier(9, words=3, word_n_grams=3, num_classes=2)(torch.rand(2, 3), torch.tensor([3, 3]))

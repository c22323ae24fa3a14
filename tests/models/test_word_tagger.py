"""E7, E11: a tagger that reads words by their affixes and characters, against torch's own layers."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gradatim.checks import UsageError
from gradatim.data.encoders.spelled_words import SpelledWords
from gradatim.data.sentences import sentences_of
from gradatim.models.building import build
from gradatim.models.word_vectors import WordDropout
from gradatim.problems.choose import pose
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.torch_padded import TorchPadded
from gradatim.training.training import Training

RNG = np.random.default_rng(0)
WORDS = ["a", "dog", "dogs", "Ran", "running", "B-52", "misunderstandings", "ÉTÉ", "!", "walked", "walks"]
TEXT = [[WORDS[i] for i in RNG.integers(0, len(WORDS), n)] for n in RNG.integers(1, 9, 30)]
TAGS = [["NV"[len(word) % 2] if word.isalpha() else "X" for word in sentence] for sentence in TEXT]
DATA = sentences_of(TEXT, TAGS)
ENCODER = SpelledWords.fit(DATA)
PREPARED = ENCODER.prepare(DATA, pose(DATA.question), np.float64)
SIZES = {"vocabulary_size": ENCODER.symbols, "num_classes": 3, "hidden_size": 5, "embedding_size": 4,
         "affix_size": 2, "character_size": 3, "filters": 6, **ENCODER.sizes}  # fmt: skip
MANY = 1 + ENCODER.sizes["affix_kinds"]


def made(seed=1, **how):
    return build({"name": "word_tagger", **SIZES, **how}, seed, torch.float64).eval()


def of(words):
    """A sentence's values (1, L, 25), and its length."""
    return torch.from_numpy(ENCODER.numbers(tuple(words)))[None], torch.tensor([len(words)])


def by_torch(network, values):
    """The scores of one sentence (L, …) by torch's own layers, a word at a time."""
    vectors = []
    for word in values:
        letters = word[MANY:][word[MANY:] > 0]
        maps = F.conv1d(
            F.embedding(letters, network.words.characters.weight).T, network.words.convolution.weight,
            network.words.convolution.bias, padding=1,
        )  # fmt: skip
        parts = [network.words.embedding.weight[word[0]]]
        parts += [network.words.affixes.weight[number] for number in word[1:MANY]]
        vectors.append(torch.cat([*parts, torch.tanh(maps.max(1).values)]))
    recurrent = nn.LSTM(network.words.width, 5, bidirectional=True).double()
    recurrent.load_state_dict(network.recurrent.torch_state())
    return network.head(recurrent(torch.stack(vectors))[0])


def test_scores_are_those_of_torch_s_layers_a_word_at_a_time():
    """To 1e-12, a word longer than 14 characters among them."""
    network = made()
    for sentence in TEXT:
        values, lengths = of(sentence)
        torch.testing.assert_close(
            network(values, lengths), by_torch(network, values[0]), rtol=1e-12, atol=1e-13
        )


@pytest.mark.parametrize("cell", ["lstm", "gru"])
def test_a_sentence_has_the_same_scores_alone_and_in_any_batch(cell):
    """To 1e-12, and so has the loss's gradient."""
    network = made(cell=cell, num_layers=2)
    held = TorchPadded(PREPARED, BatchSettings(7, 0, torch.device("cpu"), torch.float64))
    alone = [network(*of(sentence)) for sentence in TEXT]
    for rows in (np.arange(30), np.array([3, 0, 17]), np.array([29]), RNG.permutation(30)):
        (values, lengths), y, _ = held._batch(rows)
        assert values.dtype == torch.int64 and values.shape[2] == 25
        expected = torch.cat([alone[row] for row in rows])
        torch.testing.assert_close(network(values, lengths), expected, rtol=1e-12, atol=1e-13)
        wider = F.pad(values, (0, 0, 0, 4))
        wider[~(torch.arange(wider.shape[1]) < lengths[:, None])] = 3  # whatever stands in the padding
        torch.testing.assert_close(network(wider, lengths), expected, rtol=1e-12, atol=1e-13)
        assert y.tolist() == [tag for row in rows for tag in PREPARED.y[PREPARED.places(np.array([row]))]]


@pytest.mark.parametrize("steps", [0, 1, 6, 11])
def test_going_on_in_mid_epoch_is_exact_to_the_bit(steps):
    def fresh(seed):
        network = made(seed, dropout=0.4, input_dropout=0.3, word_dropout=0.2)
        return Training(
            network, PREPARED, epochs=3, batch_size=4, lr=0.02, seed=5, schedule="cosine",
            precision="float64", valid=PREPARED,
        )  # fmt: skip

    straight = fresh(1)
    expected = [(record.train_loss, record.valid) for record in straight]
    first = fresh(1)
    while first.step < steps:
        first.advance(0)
    tensors, numbers = first.state()
    second = fresh(9)
    second.restore({n: t.clone() for n, t in tensors.items()}, json.loads(json.dumps(numbers)))
    found = [(record.train_loss, record.valid) for record in second]
    assert found == expected[3 - len(found) :]
    for name, value in straight.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name]), name


@pytest.mark.slow
def test_tags_that_only_the_spelling_of_a_new_word_tells_are_learned():
    """Words in -s are V; training never sees the test's words."""
    rng = np.random.default_rng(1)
    stems = ["".join(rng.choice(list("bcdfglmnoprtu"), 5)) for _ in range(300)]
    words = [[stem + "s" * (i % 2)] for i, stem in enumerate(stems)]
    tags = [["NV"[i % 2]] for i in range(300)]
    train = sentences_of(words[:200], tags[:200])
    encoder = SpelledWords.fit(train)
    assert encoder.symbols == 1 and len(encoder.once) == 200  # no word comes twice
    entry = {**SIZES, **encoder.sizes, "vocabulary_size": 1, "num_classes": 2}
    network = build({"name": "word_tagger", **entry}, 0)
    list(Training(network, encoder.prepare(train, pose(train.question), np.float32), epochs=20, lr=0.02))
    test = torch.from_numpy(encoder.numbers(tuple(word for [word] in words[200:])))
    answers = network.eval()(test[:, None], torch.ones(100, dtype=torch.int64)).argmax(1)
    assert answers.tolist() == [i % 2 for i in range(200, 300)]


def test_word_dropout_makes_words_unknown_while_training_only():
    """A share of 0.3 within four deviations."""
    layer, words = WordDropout(0.3), torch.ones(10_000, dtype=torch.int64)
    assert abs((layer(words) == 0).double().mean() - 0.3) < 4 * (0.21 / 10_000) ** 0.5
    assert torch.equal(layer.eval()(words), words)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: made()(torch.zeros(2, 3), torch.tensor([3, 2])),
            "reads whole numbers .* it got torch.float32",
        ),
        (
            lambda: made()(torch.zeros(1, 2, 9).long(), torch.tensor([2])),
            "its number, 8 affixes and its charac",
        ),
        (lambda: made(filters=0), "filters must be .* at least 1; it is 0"),
        (lambda: made(alphabet_size=0), "alphabet_size must be .* at least 1; it is 0"),
        (lambda: made(word_dropout=1.0), "word_dropout must be .* below 1"),
        (lambda: made(cell="mlp"), "unknown cell 'mlp': choose from"),
    ],
)
def test_misuse_is_refused(call, sentence):
    with pytest.raises(UsageError, match=sentence):
        call()

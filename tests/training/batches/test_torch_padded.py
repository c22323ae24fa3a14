"""E7, E11: sequences of different lengths. Padding changes no number, and any batch can be found again."""

import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gradatim.by_hand.network import Network
from gradatim.checks import NonFiniteLoss, UsageError
from gradatim.data.ragged import Ragged
from gradatim.models.building import build
from gradatim.random import permutation
from gradatim.training.batches.layout import BatchSettings
from gradatim.training.batches.like_lengths import BATCHES
from gradatim.training.batches.torch_padded import TorchPadded
from gradatim.training.training import Training

V, K, H, E = 7, 3, 4, 5
RNG = np.random.default_rng(0)
LENGTHS = RNG.integers(1, 12, 23)
X = [RNG.integers(0, V, length) for length in LENGTHS]
TAGS = [(np.cumsum(x) % K) for x in X]
DATA = Ragged(X, TAGS)
CPU = torch.device("cpu")


def tagger(seed=1, **how):
    entry = {"name": "tagger", "vocabulary_size": V, "num_classes": K, "embedding_size": E, "hidden_size": H}
    return build({**entry, **how}, seed, torch.float64)


def training(model=None, data=DATA, **how):
    options = {"epochs": 3, "batch_size": 4, "lr": 0.05, "precision": "float64", "seed": 5, **how}
    return Training(model or tagger(), data, **options)


def held(data=DATA, size=4, seed=5, class_weight=None):
    return TorchPadded(data, BatchSettings(size, seed, CPU, torch.float64, class_weight))


def documented_batches(lengths, size, seed, epoch):
    """The rows of every batch, written out from the docstring."""
    order = permutation(seed, epoch, len(lengths)).tolist()
    rows = []
    for first in range(0, len(order), BATCHES * size):
        rows += sorted(order[first : first + BATCHES * size], key=lambda row: lengths[row])
    batches = [rows[at : at + size] for at in range(0, len(rows), size)]
    return [batches[b] for b in permutation(seed, f"batches {epoch}", len(batches))]


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("layers", [1, 2])
def test_padding_changes_no_output_no_loss_and_no_gradient(cell, layers):
    """A padded batch against every sequence alone, float64, to 1e-13."""
    model = tagger(cell=cell, num_layers=layers)
    rows = np.array([5, 0, 9, 14, 2])
    (values, lengths), y, _ = held()._batch(rows)
    assert values.shape == (5, max(LENGTHS[rows])) and lengths.tolist() == LENGTHS[rows].tolist()
    together = model(values, lengths)
    F.cross_entropy(together, y).backward()
    gradients = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    alone = [model(torch.from_numpy(X[i])[None], torch.tensor([LENGTHS[i]])) for i in rows]
    torch.testing.assert_close(together, torch.cat(alone), rtol=1e-13, atol=1e-14)
    targets = torch.cat([torch.from_numpy(TAGS[i]) for i in rows])
    assert torch.equal(y, targets)
    (F.cross_entropy(torch.cat(alone), targets, reduction="sum") / len(targets)).backward()
    for theirs, p in zip(gradients, model.parameters(), strict=True):
        torch.testing.assert_close(theirs, p.grad, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("cell", [nn.LSTM, nn.GRU])
def test_the_trajectory_is_that_of_a_loop_over_single_sequences_with_torch_s_layers(cell):
    """3 epochs, Adam: each epoch's loss and the weights in the end, to 1e-10; no padding in the oracle."""
    model = tagger(cell=cell.__name__.lower())
    own = {name: value.detach().clone() for name, value in model.state_dict().items()}
    recurrent = cell(E, H, bidirectional=True).double()
    recurrent.load_state_dict(model.encoder.recurrent.torch_state())
    bias = [p for name, p in recurrent.named_parameters() if "bias_hh" in name]
    kept = {id(p): p.detach().clone() for p in bias}  # our layers have one bias, or part of the second
    embedding = nn.Parameter(own["encoder.embedding.weight"].t().contiguous())
    head = nn.Linear(2 * H, K).double()
    head.load_state_dict({"weight": own["head.weight"], "bias": own["head.bias"]})
    parameters = [embedding, *recurrent.parameters(), *head.parameters()]
    adam = torch.optim.Adam(parameters, lr=0.05)
    records = training(model)
    for epoch, record in enumerate(records):
        total = count = 0.0
        for rows in documented_batches(LENGTHS, 4, 5, epoch):
            steps = sum(LENGTHS[row] for row in rows)
            loss = 0.0
            for row in rows:
                out, _ = recurrent(F.embedding(torch.from_numpy(X[row]), embedding)[:, None])
                y = torch.from_numpy(TAGS[row])
                loss = loss + F.cross_entropy(head(out[:, 0]), y, reduction="sum") / steps
            adam.zero_grad()
            loss.backward()
            for p in bias:  # a second bias that ours has not: its gradient is the first one's
                free = 2 * H if cell is nn.GRU else len(p)
                p.grad[:free] = 0
            adam.step()
            total, count = total + loss.item() * steps, count + steps
        np.testing.assert_allclose(record.train_loss, total / count, rtol=1e-9)
    assert records.step == 3 * 6
    for p in bias:
        free = 2 * H if cell is nn.GRU else len(p)
        assert torch.equal(p[:free].detach(), kept[id(p)][:free])
    ours = model.encoder.recurrent.torch_state()
    for name, value in recurrent.state_dict().items():
        torch.testing.assert_close(ours[name], value, rtol=1e-8, atol=1e-10)
    torch.testing.assert_close(model.encoder.embedding.weight.t(), embedding, rtol=1e-8, atol=1e-10)


def test_an_epoch_s_batches_are_those_written_down_from_any_batch_on():
    for size, epoch in ((4, 0), (4, 3), (1, 1), (30, 2)):
        batches = list(held(size=size).epoch(epoch))
        expected = documented_batches(LENGTHS, size, 5, epoch)
        assert len(batches) == len(expected) == len(held(size=size)) == -(-23 // size)
        for (x, y, w), rows in zip(batches, expected, strict=True):
            assert w is None and x.lengths.tolist() == [LENGTHS[row] for row in rows]
            for values, row in zip(x.values, rows, strict=True):
                np.testing.assert_array_equal(values[: LENGTHS[row]], X[row])
                assert not values[LENGTHS[row] :].any()
            np.testing.assert_array_equal(y, np.concatenate([TAGS[row] for row in rows]))
        for start in range(len(batches) + 1):
            rest = list(held(size=size).epoch(epoch, start))
            assert len(rest) == len(batches) - start
            for (x, y, _), (x2, y2, _) in zip(rest, batches[start:], strict=True):
                assert torch.equal(x.values, x2.values) and torch.equal(y, y2)


def test_batches_hold_sequences_of_like_lengths_in_an_order_that_is_drawn():
    lengths = np.random.default_rng(1).integers(1, 200, 1000)
    data = Ragged([np.zeros(length, int) for length in lengths], np.zeros(1000, int))
    batches = [x for x, _, _ in held(data, 8).epoch(0)]
    padded = sum(x.values.numel() for x in batches) / lengths.sum()
    blind = sum(8 * lengths[rows].max() for rows in permutation(5, 0, 1000).reshape(-1, 8)) / lengths.sum()
    assert padded < 1.05 and blind > 1.6
    longest = [x.values.shape[1] for x in batches]
    assert longest[:50] != sorted(longest[:50]) and longest[0] not in (min(longest), max(longest))
    again = [x for x, _, _ in held(data, 8).epoch(1)]
    assert [x.lengths.tolist() for x in batches] != [x.lengths.tolist() for x in again]


def test_without_shuffling_they_stand_as_they_are():
    ours = training(shuffle=False)
    lengths = torch.cat([x.lengths for x, _, _ in ours.data.epoch(4)])
    assert lengths.tolist() == LENGTHS.tolist()


@pytest.mark.parametrize("dropout", [0.0, 0.3])
@pytest.mark.parametrize("steps", [0, 1, 5, 6, 11, 18])
def test_going_on_in_mid_epoch_is_exact_to_the_bit(steps, dropout):
    def fresh(seed):
        how = {"valid": DATA, "class_weight": [1.0, 2.0, 0.5], "schedule": "cosine", "ema": 0.9}
        return training(tagger(seed, dropout=dropout, num_layers=2), **how)

    straight = fresh(1)
    expected = [(r.train_loss, r.valid) for r in straight]
    first = fresh(1)
    while first.step < steps:
        first.advance(0)
    tensors, numbers = first.state()
    second = fresh(9)
    second.restore({n: t.clone() for n, t in tensors.items()}, json.loads(json.dumps(numbers)))
    found = [(r.train_loss, r.valid) for r in second]
    assert found == expected[3 - len(found) :]
    for name, value in straight.model.state_dict().items():
        assert torch.equal(value, second.model.state_dict()[name]), name


def test_weights_are_of_sequences_and_class_weights_of_answers():
    weights = np.random.default_rng(2).uniform(0.5, 2, 23)
    data = Ragged(X, TAGS, weights)
    expected_w = np.repeat(weights, LENGTHS)
    for given, factor in ((None, np.ones(K)), ([0.5, 2.0, 1.0], np.array([0.5, 2.0, 1.0]))):
        ours = training(data=data, class_weight=given)
        w = expected_w * factor[np.concatenate(TAGS)]
        a = torch.cat([ours.model(torch.from_numpy(x)[None], torch.tensor([len(x)])) for x in X]).detach()
        each = F.cross_entropy(a, torch.from_numpy(np.concatenate(TAGS)), reduction="none").numpy()
        found = ours.evaluate(data)
        assert found["loss"] == pytest.approx((w * each).sum() / w.sum(), rel=1e-12)
        right = (a.argmax(1).numpy() == np.concatenate(TAGS)).mean()
        assert found["accuracy"] == pytest.approx(right, abs=1e-15)
    counts = np.bincount(np.concatenate(TAGS), minlength=K)
    balanced = training(class_weight="balanced").class_weight
    np.testing.assert_allclose(balanced, counts.sum() / (K * counts), rtol=1e-15)


def test_in_order_is_every_sequence_once_in_batches_that_fit():
    lengths = np.array([1] * 5000 + [1000] * 100)
    data = Ragged([np.full(length, i % V) for i, length in enumerate(lengths)], np.arange(5100))
    seen, sizes = [], []
    for x, y, _ in held(data).in_order():
        seen += y.tolist()
        sizes.append(x.values.shape)
    assert sorted(seen) == list(range(5100))
    assert all(n * t * 128 <= 1 << 22 for n, t in sizes) and sizes[0] == (4096, 1) and len(sizes) < 8


@pytest.mark.parametrize("pooling", ["last", "mean"])
def test_a_class_for_a_whole_sequence(pooling):
    """Each epoch's loss against a loop over single sequences, to 1e-10."""
    entry = {"name": "sequence_classifier", "vocabulary_size": V, "num_classes": 2, "hidden_size": H}
    model = build({**entry, "pooling": pooling}, 0, torch.float64)
    oracle = build({**entry, "pooling": pooling}, 0, torch.float64)
    y = np.array([x[0] > 2 for x in X]).astype(int)
    sgd = torch.optim.SGD(oracle.parameters(), lr=0.5)
    for epoch, record in enumerate(training(model, Ragged(X, y), optimizer="sgd", lr=0.5)):
        total = 0.0
        for rows in documented_batches(LENGTHS, 4, 5, epoch):
            scores = [oracle(torch.from_numpy(X[i])[None], torch.tensor([LENGTHS[i]])) for i in rows]
            loss = F.cross_entropy(torch.cat(scores), torch.from_numpy(y[rows]))
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            total += loss.item() * len(rows)
        np.testing.assert_allclose(record.train_loss, total / 23, rtol=1e-10)


def test_sequences_of_numbers_and_an_answer_that_is_one():
    """(L, D) fractions and a mean over real steps: forecasting with a loss of one's own."""
    wide = [np.random.default_rng(i).normal(size=(length, 2)) for i, length in enumerate(LENGTHS)]
    y = np.array([x.mean() for x in wide])

    class MeanOfSteps(nn.Module):
        def __init__(self):
            super().__init__()
            self.w = nn.Linear(2, 1)

        def forward(self, values, lengths):
            assert values.dtype == torch.float64
            return self.w(values).sum(1)[:, 0] / lengths - self.w.bias * (values.shape[1] / lengths - 1)

    model = MeanOfSteps()
    squared = lambda a, t: (a - t) ** 2  # noqa: E731
    records = list(training(model, Ragged(wide, y), loss=squared, optimizer="sgd", lr=0.1, epochs=300))
    assert records[-1].train_loss < 1e-12
    np.testing.assert_allclose(model.w.weight.detach(), [[0.5, 0.5]], atol=1e-5)


def test_tags_that_need_both_directions_are_learned():
    """The tag of a step is whether the whole sequence holds a 0: known only from both sides."""
    rng = np.random.default_rng(3)
    x = [rng.integers(0, 12, rng.integers(2, 9)) for _ in range(200)]
    tags = [np.full(len(one), int((one == 0).any())) for one in x]
    entry = {"name": "tagger", "vocabulary_size": 12, "num_classes": 2, "hidden_size": 16}
    records = list(Training(build(entry, 0), Ragged(x, tags), epochs=30, batch_size=8, lr=0.01))
    assert records[-1].train_loss < 0.05 < records[0].train_loss


def test_a_loss_that_is_not_finite_is_found_in_padded_batches():
    model = tagger()
    with torch.no_grad():
        model.head.bias[0] = float("inf")
    with pytest.raises(NonFiniteLoss, match=r"at step 1 .* left an infinite value in head\.bias"):
        next(training(model))


class OneInput(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(1, K)

    def forward(self, x):
        return self.layer(x[..., None].double())


class Padded(OneInput):
    def forward(self, values, lengths):
        return super().forward(values)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: training(OneInput()),
         r"cannot read padded sequences, as network\(values, lengths\): .*forward\(\) takes"),
        (lambda: training(tagger(vocabulary_size=3)), "the network cannot read padded sequences"),
        (lambda: training(data=Ragged([*X[:9], [0, V], *X[9:]], [*TAGS[:9], [0, 0], *TAGS[9:]])),
         "the network cannot read padded sequences"),
        (lambda: training(Padded()), r"one output for each target, here \d+; .* is \(2, 10, 3\)"),
        (lambda: training(tagger(num_classes=2)), "the loss needs 3 outputs an example"),
        (lambda: training(data=Ragged(X)), "the data have no target to learn"),
        (lambda: training(data=Ragged(X, ["a"] * 23)), "targets must be numbers"),
        (lambda: training(data=(X, TAGS)), "not all of one length .*Ragged"),
        (lambda: training(Network([{"name": "dense", "in_features": 2, "out_features": 6}], 0, "float64")),
         "a network by hand learns from arrays; sequences of different lengths need a torch module"),
    ],
)  # fmt: skip
def test_misuse_is_refused(call, sentence):
    with pytest.raises(UsageError, match=sentence):
        call()

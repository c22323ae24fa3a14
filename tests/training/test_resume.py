"""Idea 3: a Training put back at any step goes on exactly; pauses, breaks and failures change nothing."""

import copy
import json

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from gradatim.checks import GradatimError, UsageError
from gradatim.models.building import build
from gradatim.training.training import Training

N, D, K = 20, 3, 3


def examples(seed=0, n=N, k=K):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, D)), rng.integers(0, k, n)


def network(seed, dropout=0.0, out=K):
    return build({
        "name": "mlp", "in_features": D, "out_features": out, "hidden": [4], "dropout": dropout,
    }, seed)  # fmt: skip


class Own(nn.Module):
    """A stranger's network: its dropout draws from torch's global state, its normalisation keeps buffers."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(D, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Dropout(0.4))
        self.head = nn.Linear(4, K)

    def forward(self, x):
        return self.head(self.body(x))


class Tied(nn.Module):
    """One matrix under two names."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.head = nn.Linear(D, D), nn.Linear(D, D), nn.Linear(D, K)
        self.b.weight = self.a.weight

    def forward(self, x):
        return self.head(torch.tanh(self.b(torch.tanh(self.a(x)))))


def loader(seed=0, **options):
    x, y = examples(seed)
    dataset = TensorDataset(torch.from_numpy(x).float(), torch.from_numpy(y))
    return DataLoader(dataset, batch_size=5, shuffle=True, **options)


def everything(seed):
    x, y = examples()
    weights = np.random.default_rng(9).uniform(0, 2, N)
    valid = (*examples(1), np.random.default_rng(8).uniform(0, 2, N))
    return Training(
        network(seed, 0.3), (x, y, weights), optimizer="adam", lr=0.02, epochs=3, batch_size=3, accumulate=2,
        schedule="cosine", valid=valid, patience=2, class_weight=[1.0, 2.0, 0.5], seed=4,
    )  # fmt: skip


def stops_early(seed):
    x, y = examples()
    wrong = (x, (y + 1) % K)
    return Training(
        network(seed), (x, y), optimizer="sgd", lr=0.5, epochs=9, batch_size=5, valid=wrong, patience=2
    )


def described(optimizer):
    return lambda seed: Training(
        network(seed, 0.5), examples(), optimizer=optimizer, lr=0.05, epochs=3, batch_size=5
    )


def of_torch(make, **options):
    def training(seed):
        model = network(seed)
        return Training(
            model, examples(), F.cross_entropy, make(model.parameters()), epochs=3, batch_size=5, **options
        )

    return training


def binary(seed):
    data, valid = examples(k=2), examples(1, k=2)
    model = network(seed, 0.2, out=1)
    return Training(model, data, "binary_cross_entropy", "momentum", epochs=3, batch_size=5, valid=valid)


def strange(model, data=None, **options):
    def training(seed):
        torch.manual_seed(seed)
        network = model()
        torch.manual_seed(77)
        found = examples() if data is None else data()
        options_now = {name: value() if callable(value) else value for name, value in options.items()}
        return Training(network, found, "cross_entropy", "adam", epochs=3, batch_size=5, **options_now)

    return training


def unchecked(seed):
    training = everything(seed)
    training.engine.check_each_step = False  # as on a GPU
    return training


CASES = {
    "every option at once": everything,
    "early stopping": stops_early,
    "sgd": described("sgd"),
    "momentum": described("momentum"),
    "adam": described("adam"),
    "torch's AdamW": of_torch(lambda ps: torch.optim.AdamW(ps, lr=0.05, amsgrad=True)),
    "torch's SGD": of_torch(
        lambda ps: torch.optim.SGD(ps, lr=0.05, momentum=0.9, nesterov=True), schedule="cosine"
    ),
    "torch's RMSprop": of_torch(lambda ps: torch.optim.RMSprop(ps, lr=0.01, centered=True, momentum=0.5)),
    "two classes": binary,
    "a network of one's own": strange(Own),
    "tied weights": strange(Tied),
    "a shuffled loader": strange(lambda: network(1, 0.4), loader),
    "a shuffled loader and a network of one's own": strange(Own, loader, accumulate=3),
    "a shuffled loader for validation": strange(lambda: network(1), valid=lambda: loader(1)),
    "losses not checked step by step": unchecked,
}
EACH = pytest.mark.parametrize("case", CASES)


def go(training, steps=None):
    """Train to the end, or for so many steps; returns the records without seconds."""
    step, left = training.engine.step, steps

    def counted(*given):
        nonlocal left
        result = step(*given)
        if left is not None and (left := left - 1) == 0:
            training.interrupt()
        return result

    training.engine.step = counted
    training.interrupted = steps == 0
    records = []
    while not training.finished:
        record = training.advance()
        if record is not None:
            records.append({name: value for name, value in record.as_dict().items() if name != "seconds"})
        if training.interrupted:
            break
    training.engine.step = step
    training.interrupted = False
    return records


def on_file(state):
    """A state as a checkpoint's file would hold it."""
    tensors, numbers = state
    return {name: t.clone() for name, t in tensors.items()}, json.loads(json.dumps(numbers))


def assert_same(a, b):
    (left, numbers), (right, others) = a.state(), b.state()
    assert left.keys() == right.keys()
    for name, tensor in left.items():
        assert torch.equal(tensor, right[name]), name
    assert {**numbers, "seconds": 0} == {**others, "seconds": 0}


@EACH
def test_a_training_put_back_at_any_step_goes_on_to_the_same_bits(case):
    make = CASES[case]
    straight = make(1)
    records = go(straight)
    total = straight.step
    assert total >= 6 and (case != "early stopping" or len(records) < 9)
    for steps in range(total + 1):
        first = make(1)
        before = go(first, steps)
        assert first.step == steps
        state = on_file(first.state())
        second = make(2)
        torch.manual_seed(1234)
        second.restore(*state)
        assert before + go(second) == records, steps
        assert_same(second, straight)


@EACH
def test_a_training_that_is_paused_at_every_step_is_the_same(case):
    straight, paused = CASES[case](1), CASES[case](1)
    state = torch.get_rng_state()
    expected = go(straight)
    torch.set_rng_state(state)
    records, pauses = [], 0
    while not paused.finished:
        record = paused.advance(seconds=0)  # one step, or the end of an epoch
        pauses += record is None
        records += [] if record is None else [record.as_dict()]
    assert pauses == straight.step
    assert [{k: v for k, v in r.items() if k != "seconds"} for r in records] == expected
    assert_same(paused, straight)


def test_a_state_can_be_put_back_twice():
    training = everything(1)
    go(training, 5)
    state = training.state()
    kept = copy.deepcopy(state)
    ends = []
    for _ in range(2):
        fresh = everything(2)
        fresh.restore(*state)
        go(fresh)
        ends.append(fresh)
    assert_same(*ends)
    assert all(torch.equal(tensor, kept[0][name]) for name, tensor in state[0].items())
    assert state[1] == kept[1]


def test_a_state_does_not_change_while_training_goes_on():
    training = everything(1)
    go(training, 4)
    state = training.state()
    kept = copy.deepcopy(state)
    go(training)
    assert all(torch.equal(tensor, kept[0][name]) for name, tensor in state[0].items())
    assert state[1] == kept[1]


def test_a_break_leaves_a_training_that_goes_on():
    straight, broken = everything(1), everything(1)
    go(straight)
    for _ in broken:
        break
    assert broken.epoch == 1 and not broken.finished
    assert [record.epoch for record in broken] == [2, 3]
    assert_same(broken, straight)
    assert list(broken) == []


@pytest.mark.parametrize("case", ["every option at once", "a shuffled loader"])
@pytest.mark.parametrize("at", [0, 2, 5])
def test_an_exception_in_a_step_loses_no_batch(case, at):
    make = CASES[case]
    straight = make(1)
    expected = go(straight)
    training = make(1)
    before = go(training, at)
    step = training.engine.step

    def fails(*given):
        training.engine.step = step
        raise KeyboardInterrupt

    training.engine.step = fails
    with pytest.raises(KeyboardInterrupt):
        training.advance()
    assert before + go(training) == expected
    assert_same(training, straight)


def test_five_epochs_extended_to_ten_are_ten():
    ten, five = (Training(network(1, 0.3), examples(), epochs=e, valid=examples(1)) for e in (10, 5))
    records = go(ten)
    before = go(five)
    assert five.finished and len(before) == 5
    five.extend(10)
    assert not five.finished
    assert before + go(five) == records
    assert_same(five, ten)


def test_an_extended_schedule_is_that_of_the_new_total():
    training = Training(
        network(1), examples(), optimizer="sgd", lr=1.0, epochs=2, schedule="cosine", batch_size=10
    )
    list(training)
    training.extend(4)
    rates = []
    while not training.finished:
        if training.advance(seconds=0) is None:  # after a step
            rates.append(training.lr)
    np.testing.assert_allclose(rates, 0.5 * (1 + np.cos(np.pi * np.arange(4, 8) / 8)), atol=1e-15)


def test_fewer_epochs_than_are_done_are_refused():
    training = described("sgd")(1)
    list(training)
    with pytest.raises(UsageError, match="3 epochs are done already; --epochs 2 is fewer"):
        training.extend(2)
    training.extend(3)
    assert training.finished


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (described("momentum"), "the checkpoint's optimizer is Adam, this one is Momentum"),
        (
            lambda seed: Training(Tied(), examples()),
            "do not fit this network: missing .*a.weight.* unknown 1.weight",
        ),
        (
            lambda seed: Training(network(seed, 0.5, out=4), examples()),
            r"4.weight has shape \(3, 4\), expected \(4, 4\)",
        ),
    ],
)
def test_the_state_of_another_training_is_refused(other, said):
    training = described("adam")(1)
    next(training)
    with pytest.raises(GradatimError, match=said):
        other(1).restore(*training.state())

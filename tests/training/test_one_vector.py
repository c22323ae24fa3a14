"""Training where small parameters move as one vector: the same bits and the same checkpoints as without."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.models.building import build
from gradatim.optim import vector
from gradatim.training.training import Training

X, Y = np.random.default_rng(0).normal(size=(40, 6)), np.random.default_rng(1).integers(0, 3, 40)
NAMES = [
    "nadam",
    "rmsprop",
    "lion",
    "adadelta",
    "nesterov",
    "adam_uncorrected",
    "rmsprop_centered",
    "adamax",
    "radam",
]  # those with no kernel of torch's
NETWORK = {"name": "mlp", "in_features": 6, "out_features": 3, "hidden": [9, 5], "dropout": 0.2}


def made(name, model=None):
    return Training(
        model or build(NETWORK), (X, Y), optimizer=name, epochs=6, batch_size=8, accumulate=2, clip_norm=1.0,
        schedule="cosine", valid=(X[:9], Y[:9]), patience=9,
    )  # fmt: skip


def run(training):
    """Every loss, and the state after the last epoch."""
    losses = [(record.train_loss, record.valid) for record in training]
    return losses, *training.state()


def same(mine, other):
    (losses, tensors, numbers), (losses_2, tensors_2, numbers_2) = mine, other
    assert losses == losses_2 and tensors.keys() == tensors_2.keys()
    assert all(torch.equal(value, tensors_2[key]) for key, value in tensors.items())
    assert all(value.shape == tensors_2[key].shape for key, value in tensors.items())
    plain = [{key: value for key, value in n.items() if key != "seconds"} for n in (numbers, numbers_2)]
    assert plain[0] == plain[1]


@pytest.mark.parametrize("name", NAMES)
def test_same_losses_and_checkpoint(name, monkeypatch):
    training = made(name)
    mine = run(training)
    assert training.engine.optimizer.path == "text on one vector"
    monkeypatch.setattr(vector, "SMALL", 0)
    same(mine, run(made(name)))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("together_first", [True, False])
def test_a_checkpoint_goes_between_the_two_in_mid_epoch(name, together_first, monkeypatch):
    straight = run(made(name))
    small = vector.SMALL
    first = made(name)
    monkeypatch.setattr(vector, "SMALL", small if together_first else 0)
    record = next(first)
    while first.batch < 2:
        first.advance(0.0)
    tensors, numbers = first.state()
    monkeypatch.setattr(vector, "SMALL", 0 if together_first else small)
    second = made(name)
    second.restore(tensors, numbers)
    losses, *state = run(second)
    same(([(record.train_loss, record.valid), *losses], *state), straight)


def test_the_checkpoint_s_tensors_are_their_own():
    """One name, one tensor, one memory: nothing of a vector is saved."""
    training = made("nadam")
    next(training)
    tensors, _ = training.state()
    assert all(t.untyped_storage().nbytes() == t.nbytes for t in tensors.values())
    assert tensors["optimizer.0.exp_avg"].shape == (9, 6)


@pytest.mark.parametrize("after", ["break", "interrupt", "exception"])
def test_the_network_s_tensors_are_its_own_however_training_ends(after):
    model = build(NETWORK)
    places = [p.data_ptr() for p in model.parameters()]
    training = made("nadam", model)
    if after == "exception":
        calls = []

        def stumble(*_):
            calls.append(1)
            if len(calls) > 6:
                raise ValueError("stumbled")

        model.register_forward_hook(stumble)
        with pytest.raises(ValueError, match="stumbled"):
            list(training)
    for _ in training if after != "exception" else ():
        if after == "break":
            break
        training.interrupt()
    assert training.engine.optimizer.path == "text on one vector"
    assert [p.data_ptr() for p in model.parameters()] == places
    assert all(p.untyped_storage().nbytes() == p.nbytes for p in model.parameters())


def test_the_network_can_be_copied_pickled_and_loaded_between_epochs():
    """Copies stand still while training goes on; it goes on from the weights that are loaded."""
    training, other = made("nadam"), made("nadam")
    for t in (training, other):
        next(t)
    copies = [copy.deepcopy(training.model), pickle.loads(pickle.dumps(training.model))]
    stood = training.engine.parameters_now()
    next(training), next(other)
    for held in copies:
        assert all(torch.equal(value, stood[name]) for name, value in held.state_dict().items())
    training.model.load_state_dict(stood)
    other.model.load_state_dict({name: value.clone() for name, value in stood.items()}, assign=False)
    same(run(training), run(other))


class Tied(nn.Module):
    """One matrix used twice, and one layer frozen."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.a, self.b, self.head = nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 3)
        self.b.weight = self.a.weight
        self.a.bias.requires_grad_(False)

    def forward(self, x):
        return self.head(torch.tanh(self.b(torch.tanh(self.a(x)))))


def test_a_stranger_s_tied_and_frozen_network(monkeypatch):
    was = Tied().a.bias.detach()
    training = made("nadam", Tied())
    mine = run(training)
    assert training.model.b.weight is training.model.a.weight
    assert torch.equal(training.model.a.bias, was)
    monkeypatch.setattr(vector, "SMALL", 0)
    same(mine, run(made("nadam", Tied())))

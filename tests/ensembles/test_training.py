"""Training of an ensemble: its members are plain trainings, and a checkpoint goes on to the same bits."""

import json

import numpy as np
import pytest
import torch

from gradatim.by_hand.network import Network
from gradatim.checks import NonFiniteLoss, UsageError
from gradatim.data.dataset import Dataset
from gradatim.ensembles.training import EnsembleTraining
from gradatim.models.building import build
from gradatim.models.ensemble import ensemble
from gradatim.planning.training_options import settings_from
from gradatim.runs.forward import forward
from gradatim.training.training import Training

RNG = np.random.default_rng(0)
X = RNG.standard_normal((120, 4)).astype(np.float32)
Y = (np.sin(3 * X[:, 0]) + X[:, 1] > 0).astype(np.int64)
TRAIN, VALID = Dataset(X[:90], Y[:90]), Dataset(X[90:], Y[90:])
KINDS = [{"columns": [[0, 2]]}, {"hidden": [5]}]


def settings(**asked):
    return settings_from({
        "epochs": 5, "batch_size": 16, "lr": 0.01, "schedule": "cosine", "patience": 2, **asked
    }).of_training()  # fmt: skip


def loop(folds=3, torch_engine=False, kinds=KINDS, loss="binary_cross_entropy", **asked):
    entries = ensemble(4, 1, kinds=kinds, folds=folds, mean="sigmoid", hidden=[6], dropout=0.2)
    model = build({"name": "stack", "layers": entries}) if torch_engine else Network(entries, seed=0)
    return EnsembleTraining.of_settings(model, TRAIN, VALID, loss, settings(**asked))


def state_of(model):
    return {name: np.asarray(value) for name, value in model.state_dict().items()}


def test_a_single_member_learns_as_a_training_of_its_own():
    """The same network, seed, rows and settings give the same parameters, bit for bit."""
    found = loop(folds=1, kinds=[{}])
    training = found.members[0].training
    network = Network(ensemble(4, 1, hidden=[6], dropout=0.2)[0]["members"][0]["layers"], None)
    network.load_state_dict(training.model.state_dict())
    alone = Training(
        network, TRAIN, "binary_cross_entropy", valid=VALID, **settings() | {"seed": training.seed}
    )
    assert [record.train_loss for record in found] == [record.train_loss for record in alone]
    found.keep()
    alone.keep()
    np.testing.assert_array_equal(found.model.layers[0].named[0][1][1].parameters["weight"],
                                  network.parameters["1.weight"])  # fmt: skip
    assert found.model.memory["0.share"].tolist() == [1.0]


@pytest.mark.parametrize("torch_engine", [False, True])
@pytest.mark.parametrize("stop", [1, 9, 40, 41])
def test_a_checkpoint_goes_on_to_the_same_bits(torch_engine, stop):
    whole, first, second = (loop(torch_engine=torch_engine) for _ in range(3))
    records = list(whole)
    before = []
    while first.step < stop:
        before += [one for one in [first.advance(0.0)] if one]
    tensors, numbers = first.state()
    second.restore(dict(tensors), json.loads(json.dumps(numbers)))
    after = list(second)
    assert [(r.train_loss, r.valid) for r in before + after] == [(r.train_loss, r.valid) for r in records]
    assert second.keep() == whole.keep()
    for name, value in state_of(whole.model).items():
        np.testing.assert_array_equal(state_of(second.model)[name], value)


def test_each_member_is_validated_on_what_it_has_not_seen():
    found = loop()
    for one in found.members:
        held = set(one.unseen.tolist())
        assert len(one.training.data.x) == 120 - len(held) and len(one.training.valid.x) == len(held)
    assert sorted(np.concatenate([one.unseen for one in found.members[:3]])) == list(range(120))


def test_unseen_outputs_are_those_of_the_fold_that_held_an_example_out():
    found = loop(kinds=[{}])
    for _ in found:
        pass
    found.keep()
    expected = np.empty((120, 1))
    for one in found.members:
        expected[one.unseen] = one.training.model.outputs(X[one.unseen])
    np.testing.assert_allclose(found.unseen_outputs, expected, rtol=1e-6, atol=1e-6)


def test_the_whole_answers_with_the_mean_of_its_members():
    found = loop()
    for _ in found:
        pass
    found.keep()
    share = found.model.memory["0.share"]
    assert share.sum() == pytest.approx(1)
    a = [one.training.model.outputs(X[:, one.columns])[:, 0] for one in found.members]
    p = sum(s / (1 + np.exp(-one)) for s, one in zip(share, a, strict=True))
    np.testing.assert_allclose(1 / (1 + np.exp(-found.model.forward(X)[:, 0])), p, atol=1e-6)


def test_it_goes_on_when_given_more_epochs():
    found = loop(epochs=2)
    assert [record.epoch for record in found] == [1, 2]
    found.extend(4)
    assert [record.epoch for record in found] == [3, 4]


def test_a_loss_without_a_name_cannot_weigh_members():
    with pytest.raises(UsageError, match="a loss that has a name"):
        loop(loss=lambda a, y: torch.zeros(()))


def test_a_loss_that_is_not_finite_names_the_member():
    bad = loop(lr=1e30, loss="squared_error", optimizer="sgd")
    with pytest.raises(NonFiniteLoss, match=r"member 1 of 6"):
        list(bad)


def test_a_kind_may_have_settings_of_its_own():
    found = loop(kinds=[{}, {"settings": {"weight_decay": 0.5, "batch_size": 8}}], folds=1)
    first, second = (one.training for one in found.members)
    assert (first.batch_size, second.batch_size) == (16, 8)
    assert second.length == 2 * first.length


@pytest.mark.parametrize("stop", [1, 3, 7])
def test_members_learn_the_same_on_any_number_of_threads(stop):
    """Stopped in mid-epoch on two threads, it goes on with three to the bits of one."""
    alone = loop(batch_size=2)
    records = list(alone)
    begun = loop(batch_size=2)
    begun.threads = 2
    for _ in range(stop):
        begun.advance(0.0)
    tensors, numbers = begun.state()
    again = loop(batch_size=2)
    again.threads = 3
    again.restore({name: np.copy(value) for name, value in tensors.items()}, json.loads(json.dumps(numbers)))
    assert begun.batch > 0 and alone.length > 1
    found = [record for record in again if record.epoch > 1]
    assert [one.train_loss for one in found] == [one.train_loss for one in records if one.epoch > 1]
    assert [one.step for one in found] == [one.step for one in records if one.epoch > 1]
    for name, value in state_of(alone.model).items():
        np.testing.assert_array_equal(value, state_of(again.model)[name])


def test_a_step_counts_every_member_s_updates():
    found = loop(batch_size=2)
    record = found.advance()
    assert record.step == sum(one.training.step for one in found.members)


def test_a_loss_that_is_not_finite_is_named_from_another_thread():
    found = loop(lr=1e30)
    found.threads = 2
    with pytest.raises(NonFiniteLoss, match=r"member [1-6] of 6"):
        list(found)


@pytest.mark.parametrize("torch_engine", [False, True])
def test_what_members_say_of_unseen_examples_drops_no_unit(torch_engine):
    """Asked twice they say the same, and what the whole network says where there is a single member."""
    found = loop(folds=1, kinds=[{}], torch_engine=torch_engine)
    list(found)
    found.keep()
    said = found.loss.mean(forward(found.model, X[90:]).astype(np.float64), Y[90:])
    assert found.facts()["members"][0]["loss"] == pytest.approx(said, rel=1e-6)

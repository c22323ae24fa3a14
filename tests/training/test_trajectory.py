"""Two engines, one trajectory: the same description and seed, in float64, loss by loss."""

import numpy as np
import pytest
import torch

from gradatim import catalog
from gradatim.by_hand.network import Network
from gradatim.checks import UsageError
from gradatim.functional import updates
from gradatim.models.building import build
from gradatim.models.mlp import mlp
from gradatim.training.training import Training

STEPS = 200
LR = {"sgd": 0.1, "adadelta": 1.0, "adagrad": 0.02, "muon": 0.01, "lion": 3e-4, "lbfgs": 1.0}
DESCRIPTION = {
    "name": "mlp", "in_features": 10, "out_features": 3, "hidden": [16, 12], "activation": "tanh",
    "dropout": 0.2, "input_dropout": 0.1,
}  # fmt: skip


def examples(n=100):
    rng = np.random.default_rng(3)
    x = rng.standard_normal((n, 10))
    y = (x[:, :3] + 0.3 * rng.standard_normal((n, 3))).argmax(1)
    return x, y


def pair(seed=5):
    description = {key: value for key, value in DESCRIPTION.items() if key != "name"}
    return Network(mlp(**description), seed, np.float64), build(DESCRIPTION, seed, torch.float64)


def trainings(optimizer, **options):
    """Training by hand and by autograd, alike in everything."""
    settings = {"lr": LR.get(optimizer, 0.003), "seed": 11, "precision": "float64", **options}
    return [Training(model, examples(), optimizer=optimizer, **settings) for model in pair()]


def losses(training, steps):
    """The loss of each step."""
    found = []
    for _ in range(steps):
        before = training.sums["loss_sum"], training.sums["weight_sum"]
        record = training.advance(0)
        if record is not None:  # the last batch of the epoch was done before
            before = 0.0, 0.0
            training.advance(0)
        found.append((training.sums["loss_sum"] - before[0]) / (training.sums["weight_sum"] - before[1]))
    return np.array(found)


def assert_same(by_hand, by_autograd, steps, rtol=1e-10):
    np.testing.assert_allclose(losses(by_hand, steps), losses(by_autograd, steps), rtol=rtol, atol=0)
    assert by_hand.step == by_autograd.step == steps
    theirs = by_autograd.engine.parameters_now()
    for name, value in by_hand.engine.parameters_now().items():
        np.testing.assert_allclose(value, theirs[name].numpy(), rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("optimizer", [n for n in catalog.names("optimizer") if n not in ("lbfgs", "lion")])
def test_every_optimizer_with_dropout_decay_and_shuffling(optimizer):
    """200 steps, losses equal to 1e-10."""
    decay = {"weight_decay": 0.01, "batch_size": 16, "epochs": 100, "schedule": "cosine:warmup=0.1"}
    assert_same(*trainings(optimizer, **decay), STEPS)


def test_lion_where_its_sign_is_sure(monkeypatch):
    """The sign of c is decided by rounding where |c| is below 1e-12: there, both engines take it as 0."""
    lion = updates.lion

    def sure(p, g, t, m, *, beta1, **settings):
        c = beta1 * m + (1 - beta1) * g
        lion(p, g * (abs(c) > 1e-12), t, m, beta1=beta1, **settings)

    by_hand, by_autograd = trainings("lion", weight_decay=0.01, batch_size=16, epochs=100)
    by_hand.engine.optimizer.text = sure
    monkeypatch.setattr(type(by_autograd.engine.optimizer), "text", staticmethod(sure))
    assert_same(by_hand, by_autograd, STEPS)


def test_lbfgs_on_the_whole_data_one_mask_a_step():
    """20 steps, an iteration each, penalty included: losses equal to 1e-10."""
    by_hand, by_autograd = trainings("lbfgs", batch_size=100, epochs=20, l2=0.01)
    ours = [record.train_loss for record in by_hand]
    theirs = [record.train_loss for record in by_autograd]
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)
    assert ours[-1] < 0.6 * ours[0]
    assert by_hand.step == by_autograd.step == 20
    assert by_hand.engine.optimizer.t == 20


@pytest.mark.parametrize(
    "options",
    [
        {"l1": 0.001, "l2": 0.01}, {"clip_norm": 0.5}, {"clip_value": 0.01}, {"accumulate": 3},
        {"class_weight": [1.0, 2.0, 0.5]}, {"schedule": "one_cycle"}, {"weight_decay": 0.1, "accumulate": 2},
        {"label_smoothing": 0.1},
    ],
    ids=str,
)  # fmt: skip
def test_whatever_shapes_a_step(options):
    assert_same(*trainings("momentum", batch_size=16, epochs=40, **options), 100)


def test_records_validation_and_stopping_agree():
    x, y = examples(60)
    settings = {"valid": (x[:40], y[:40]), "patience": 3, "epochs": 30, "schedule": "plateau:patience=2"}
    both = [list(training) for training in trainings("adam", **settings)]
    assert len(both[0]) == len(both[1])
    for ours, theirs in zip(*both, strict=True):
        for name, value in ours.as_dict().items():
            if name != "seconds":
                np.testing.assert_allclose(value, theirs.as_dict()[name], rtol=1e-10)


def test_weight_decay_leaves_biases_alone():
    """With λη = 1 one step takes every weight to its update alone; a bias keeps what it had."""
    for model in pair():
        training = Training(
            model, examples(), optimizer="sgd", lr=0.5, weight_decay=2.0, batch_size=100, precision="float64"
        )
        before = {name: np.asarray(p) for name, p in training.engine.parameters_now().items()}
        plain = Training(pair()[0], examples(), optimizer="sgd", lr=0.5, batch_size=100, precision="float64")
        training.advance(0), plain.advance(0)
        for name, p in training.engine.parameters_now().items():
            without = plain.engine.parameters_now()[name] - before[name]  # −ηg
            expected = without if name.endswith("weight") else before[name] + without
            np.testing.assert_allclose(np.asarray(p), expected, atol=1e-14)


def test_adamw_by_name_decays_weights_by_a_hundredth():
    training = Training(pair()[0], examples(), optimizer="adamw", precision="float64")
    assert training.engine.shaping.weight_decay == 0.01
    assert Training(pair()[1], examples(), optimizer="adamw", precision="float64").engine.shaping == (
        training.engine.shaping
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"optimizer": "lbfgs"}, r"^lbfgs needs every example at every step: batch_size must be the number"),
        (
            {"optimizer": "lbfgs", "clip_norm": 1.0, "batch_size": 100},
            r"^lbfgs searches along a line, so clip_norm does not go with it; use l2 or l1",
        ),
        ({"l2": -1.0}, r"^l2 must be a number at least 0; it is -1\.0"),
        ({"weight_decay": "much"}, r"^weight_decay must be a number at least 0; it is 'much'"),
        ({"optimizer": "adma"}, r"^unknown optimizer 'adma': did you mean adam"),
        ({"precision": "float32"}, r"^the network by hand is of float64; the precision asked for is float32"),
        ({"device": "cuda"}, r"^a network by hand runs on the CPU; the device asked for is cuda"),
        ({"loss": lambda a, y: a}, r"^loss must be a name or a loss of by_hand\.losses"),
    ],
)
def test_what_cannot_be_is_refused_by_hand(options, sentence):
    with pytest.raises(UsageError, match=sentence):
        Training(pair()[0], examples(), **{"precision": "float64", **options})


def test_a_loader_is_refused_by_hand():
    with pytest.raises(UsageError, match=r"^a network by hand learns from arrays; a loader needs a torch"):
        Training(pair()[0], iter([examples()]), precision="float64")

"""B6–B13, C1, C2, C6: training is a bare torch loop, to rounding, and touches nothing else."""

import copy
import random
import weakref
from math import cos, pi
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from sklearn.utils.class_weight import compute_class_weight

from gradatim.data.dataset import Dataset
from gradatim.models.building import build
from gradatim.random import permutation
from gradatim.training.training import Training

N, D, K = 50, 4, 3
OPTIMIZERS: dict[str, Any] = {
    "sgd": (0.1, lambda ps: torch.optim.SGD(ps, lr=0.1)),
    "momentum": (0.05, lambda ps: torch.optim.SGD(ps, lr=0.05, momentum=0.9)),
    "adam": (0.01, lambda ps: torch.optim.Adam(ps, lr=0.01)),
}


def examples(seed=0, n=N):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, D)), rng.integers(0, K, n)


def network(seed=0, **more):
    description = {
        "name": "mlp",
        "in_features": D,
        "out_features": K,
        "hidden": [5],
        "activation": "tanh",
        **more,
    }
    return build(description, seed, torch.float64)


def train(data, model=None, epochs=3, **options):
    options = {"optimizer": "sgd", "lr": 0.1, "precision": "float64", "batch_size": 8, **options}
    training = Training(network() if model is None else model, data, epochs=epochs, **options)
    return training, list(training)


def bare_loop(model, data, loss, optimizer, epochs, batch_size, seed=0, w=None):
    """What Training must equal: the loop that everybody writes, in the same order; losses Σwl/Σw an epoch."""
    x, y = map(torch.from_numpy, data)
    losses = []
    for epoch in range(epochs):
        total = weight = 0.0
        for rows in torch.from_numpy(permutation(seed, epoch, len(x))).split(batch_size):
            each = loss(model(x[rows]), y[rows])
            share = torch.ones(len(rows), dtype=x.dtype) if w is None else w[rows]
            mean = (each * share).sum() / share.sum()
            optimizer.zero_grad()
            mean.backward()
            optimizer.step()
            total, weight = total + mean.item() * share.sum().item(), weight + share.sum().item()
        losses.append(total / weight)
    return losses


def each_cross_entropy(a, y):
    return F.cross_entropy(a, y, reduction="none")


def same_parameters(a, b, atol=1e-12):
    for (name, p), q in zip(a.state_dict().items(), b.state_dict().values(), strict=True):
        assert (p - q).abs().max() <= atol, name


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_losses_and_parameters_are_those_of_a_bare_torch_loop(name):
    lr, make = OPTIMIZERS[name]
    model = network()
    oracle = copy.deepcopy(model)
    _, records = train(examples(), model, optimizer=name, lr=lr, epochs=4, seed=7)
    losses = bare_loop(oracle, examples(), each_cross_entropy, make(oracle.parameters()), 4, 8, seed=7)
    np.testing.assert_allclose([r.train_loss for r in records], losses, rtol=0, atol=1e-12)
    same_parameters(model, oracle)
    assert [r.epoch for r in records] == [1, 2, 3, 4] and [r.step for r in records] == [7, 14, 21, 28]


def test_weighted_examples_are_those_of_a_bare_loop_with_weights():
    weights = np.random.default_rng(3).uniform(0, 2, N)
    weights[::5] = 0
    x, y = examples()
    model = network()
    oracle = copy.deepcopy(model)
    _, records = train((x, y, weights), model)
    optimizer = torch.optim.SGD(oracle.parameters(), lr=0.1)
    w = torch.from_numpy(weights)
    losses = bare_loop(oracle, (x, y), each_cross_entropy, optimizer, 3, 8, w=w)
    np.testing.assert_allclose([r.train_loss for r in records], losses, rtol=0, atol=1e-12)
    same_parameters(model, oracle)


def test_an_example_of_weight_two_is_an_example_twice():
    x, y = examples()
    twice = np.arange(N) % 3 == 0
    weighted, a = train((x, y, 1.0 + twice), batch_size=N)
    doubled = np.concatenate([x, x[twice]]), np.concatenate([y, y[twice]])
    repeated, b = train(doubled, batch_size=len(doubled[0]))
    same_parameters(weighted.model, repeated.model)
    np.testing.assert_allclose([r.train_loss for r in a], [r.train_loss for r in b], rtol=0, atol=1e-12)


def test_class_weights_are_those_of_torchs_cross_entropy():
    given = [0.5, 2.0, 0.0]
    x, y = examples()
    model = network()
    oracle = copy.deepcopy(model)
    train((x, y), model, class_weight=given)
    loss = torch.nn.CrossEntropyLoss(weight=torch.tensor(given, dtype=torch.float64))
    optimizer = torch.optim.SGD(oracle.parameters(), lr=0.1)
    for epoch in range(3):
        for rows in torch.from_numpy(permutation(0, epoch, N)).split(8):
            optimizer.zero_grad()
            loss(oracle(torch.from_numpy(x)[rows]), torch.from_numpy(y)[rows]).backward()
            optimizer.step()
    same_parameters(model, oracle)


def test_balanced_class_weights_are_scikit_learns():
    x, y = examples()
    y[:20] = 0
    expected = compute_class_weight("balanced", classes=np.arange(K), y=y)
    balanced, _ = train((x, y), class_weight="balanced")
    given, _ = train((x, y), class_weight=expected.tolist())
    same_parameters(balanced.model, given.model)


def test_booleans_are_classes_too():
    x, y = examples()
    numbers = (y > 0).astype(int)
    outputs = {"model": network(out_features=1), "loss": "binary_cross_entropy", "class_weight": "balanced"}
    a, _ = train((x, y > 0), **outputs)
    b, _ = train((x, numbers), **{**outputs, "model": network(out_features=1)})
    same_parameters(a.model, b.model, atol=0)


@pytest.mark.parametrize("weighted", [False, True])
def test_gradients_of_three_batches_make_the_step_of_one_large_batch(weighted):
    x, y = examples()  # 50 = 24 + 24 + 2: the last group is a ragged one
    weights = np.random.default_rng(1).choice([0.0, 1.0, 3.0], N)
    data = (x, y, weights) if weighted else (x, y)
    small, a = train(data, batch_size=8, accumulate=3, optimizer="adam")
    large, b = train(data, batch_size=24, optimizer="adam")
    same_parameters(small.model, large.model)
    np.testing.assert_allclose([r.train_loss for r in a], [r.train_loss for r in b], rtol=0, atol=1e-12)
    assert a[-1].step == b[-1].step == 9


def test_a_group_of_batches_without_weight_changes_nothing():
    x, y = examples(n=16)
    last = permutation(0, 0, 16)[8:]
    weights = np.ones(16)
    weights[last] = 0
    both, a = train((x, y, weights), batch_size=4, accumulate=2, epochs=1)
    first = permutation(0, 0, 16)[:8]
    half, b = train((x[first], y[first]), batch_size=8, epochs=1)
    same_parameters(both.model, half.model)
    assert a[0].train_loss == pytest.approx(b[0].train_loss, abs=1e-12)


def rates_of(training: Any) -> list[float]:
    """Train to the end; the learning rate of every step."""
    rates, step = [], training.engine.step

    def noted(*given):
        result = step(*given)
        rates.append(training.lr)
        return result

    training.engine.step = noted
    list(training)
    return rates


@pytest.mark.parametrize("accumulate", [1, 3])
def test_the_cosine_schedule_is_its_closed_form_at_every_step(accumulate):
    training = Training(
        network(), examples(), optimizer="sgd", lr=0.3, epochs=4, batch_size=8, schedule="cosine",
        accumulate=accumulate,
    )  # fmt: skip
    rates = rates_of(training)
    total = 4 * (7 if accumulate == 1 else 3)
    expected = [0.3 * 0.5 * (1 + cos(pi * s / total)) for s in range(total)]
    np.testing.assert_allclose(rates, expected, rtol=0, atol=1e-15)


def test_the_learning_rate_is_the_callers_while_the_schedule_is_constant():
    def go(model, epoch_of):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
        decay = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        epoch_of(optimizer, decay)
        return model

    def ours(optimizer, decay):
        rates = []
        for record in Training(
            model, examples(), "cross_entropy", optimizer, epochs=3, batch_size=8, precision="float64"
        ):
            rates.append(record.lr)
            decay.step()
        assert rates == [0.2, 0.1, 0.05]

    def bare(optimizer, decay):
        x, y = map(torch.from_numpy, examples())
        for epoch in range(3):
            for rows in torch.from_numpy(permutation(0, epoch, N)).split(8):
                optimizer.zero_grad()
                F.cross_entropy(oracle(x[rows]), y[rows]).backward()
                optimizer.step()
            decay.step()

    model = network()
    oracle = copy.deepcopy(model)
    same_parameters(go(model, ours), go(oracle, bare))


def test_two_groups_keep_their_ratio_under_a_schedule():
    model = network()
    first, *rest = model.parameters()
    optimizer = torch.optim.SGD([{"params": [first], "lr": 0.4}, {"params": rest}], lr=0.1)
    training = Training(
        model, examples(), optimizer=optimizer, epochs=2, schedule="cosine", precision="float64"
    )
    for _ in training:
        a, b = (group["lr"] for group in optimizer.param_groups)
        assert a == pytest.approx(4 * b, rel=1e-14) and a < 0.4


def test_a_loss_of_ones_own_is_used_with_and_without_weights():
    x, y = examples()
    target = np.random.default_rng(5).normal(size=(N, K))
    weights = np.random.default_rng(6).uniform(0.1, 2, N)
    model = network()
    oracle = copy.deepcopy(model)

    def squared(a, t):
        return (a - t) ** 2  # (N, K): the mean over K is an example's loss

    train((x, target, weights), model, loss=squared)
    optimizer = torch.optim.SGD(oracle.parameters(), lr=0.1)
    each = lambda a, t: squared(a, t).mean(1)  # noqa: E731
    bare_loop(oracle, (x, target), each, optimizer, 3, 8, w=torch.from_numpy(weights))
    same_parameters(model, oracle)

    means, _ = train((x, y), loss=torch.nn.CrossEntropyLoss())
    named, _ = train((x, y))
    same_parameters(means.model, named.model)


def test_evaluation_is_the_weighted_mean_loss_and_the_share_that_is_right():
    x, y = examples(1)
    weights = np.random.default_rng(2).uniform(0, 1, N)
    training, _ = train(examples(), valid=(x, y))
    measures = training.evaluate((x, y, weights))
    a = training.model(torch.from_numpy(x)).detach()
    loss = F.cross_entropy(a, torch.from_numpy(y), reduction="none").numpy()
    assert measures["loss"] == pytest.approx((weights * loss).sum() / weights.sum(), abs=1e-14)
    assert measures["accuracy"] == (a.argmax(1).numpy() == y).mean()
    assert training.evaluate((x, y))["loss"] == pytest.approx(loss.mean(), abs=1e-14)


def test_evaluation_leaves_every_modules_mode_as_it_was():
    class Fails(torch.nn.Module):
        ready = True

        def forward(self, x):
            assert self.ready, "no"
            return x

    fails = Fails()
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(D), torch.nn.Linear(D, K), torch.nn.Dropout(), fails)
    training = Training(model, examples())
    for mode in (True, False):
        model.train(mode)
        model[0].eval()
        before = [module.training for module in model.modules()]
        training.evaluate(examples())
        assert [module.training for module in model.modules()] == before
        fails.ready = False
        with pytest.raises(AssertionError):
            training.evaluate(examples())
        assert [module.training for module in model.modules()] == before
        fails.ready = True


def test_evaluation_changes_no_parameter_and_no_buffer():
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(D), torch.nn.Linear(D, K), torch.nn.Dropout())
    training = Training(model, examples())
    next(training)
    before = copy.deepcopy(model.state_dict())
    assert training.evaluate(examples(1)) == training.evaluate(examples(1))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_no_global_random_state_is_read_or_moved():
    def everything():
        model = network(dropout=0.3, hidden=[6, 5])
        training, records = train(examples(), model, valid=examples(1), optimizer="adam")
        return [r.train_loss for r in records], training.evaluate(examples(2))

    torch.manual_seed(1)
    before = (
        torch.get_rng_state(),
        np.random.get_state(legacy=False)["state"]["key"].tolist(),
        random.getstate(),
    )
    first = everything()
    assert torch.equal(torch.get_rng_state(), before[0])
    assert (
        np.random.get_state(legacy=False)["state"]["key"].tolist() == before[1]
        and random.getstate() == before[2]
    )
    torch.manual_seed(2)
    assert everything() == first


def test_the_seed_orders_the_examples_and_draws_the_masks():
    a, b, c = (train(examples(), network(dropout=0.5), seed=seed)[1][-1].train_loss for seed in (1, 1, 2))
    assert a == b != c


def test_training_does_not_change_the_examples():
    x, y = (part.copy() for part in examples())
    train((x, y), precision="float32")
    train((x, y))
    assert (x == examples()[0]).all() and (y == examples()[1]).all()


def test_no_batch_of_an_epoch_is_held_after_it():
    training = Training(network(), examples(), batch_size=8, epochs=2)
    held, step = [], training.engine.step

    def noted(group, *rest):
        held.append(weakref.ref(group[0][0]))
        return step(group, *rest)

    training.engine.step = noted  # type: ignore[method-assign]
    next(training)
    assert len(held) == 7 and all(batch() is None for batch in held)


def test_a_record_says_what_is_known():
    training, records = train(examples(), valid=examples(1))
    line = records[-1].as_dict()
    assert list(line) == ["epoch", "step", "train_loss", "valid_loss", "valid_accuracy", "lr", "seconds"]
    assert line["valid_loss"] == training.evaluate(examples(1))["loss"]
    assert str(records[-1]).startswith(f"epoch 3  train loss {line['train_loss']:.4f}  valid loss ")
    bare = Training(network(), Dataset(*examples()))
    assert "valid_loss" not in next(bare).as_dict()

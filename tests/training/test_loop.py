"""Idea 3: what a Loop promises to every way of learning, shown on two that are not supervised."""

import json

import numpy as np
import pytest

from gradatim.checks import NonFiniteLoss, UsageError
from gradatim.random import key
from gradatim.training.loop import Loop
from gradatim.training.training import Training


class Walk(Loop):
    """No data: θ ← θ − η(θ − u_t), u_t drawn by (seed, step), as a player would meet a world."""

    SUMS = ("loss_sum", "pull_sum", "weight_sum")
    framework = "np"
    length = 5
    lr = 0.25

    def __init__(self, epochs, **how):
        super().__init__(epochs, **how)
        self.theta, self.steps_taken = np.zeros(2), []

    @property
    def model(self):
        return self.theta

    def batches(self, epoch, start):
        return iter(range(start, self.length))

    def take_step(self, group):
        self.steps_taken.append((self.epoch, tuple(group), self.seen))
        u = np.array([key(0, self.seen, i) / 2**64 for i in range(2)])
        pull = self.theta - u
        self.theta -= self.lr * pull
        loss = float(pull @ pull)
        return {"loss_sum": loss, "pull_sum": float(np.abs(pull).max()), "weight_sum": len(group)}

    def measure(self):
        return {"distance": float(np.abs(self.theta - 0.5).max())}

    def own_state(self):
        return {"model.theta": self.theta.copy()}, {}

    def restore_own(self, tensors, numbers):
        self.theta = tensors["model.theta"].copy()


def run(loop, seconds=None):
    """The records without their seconds; with `seconds` 0 it is paused behind every step."""
    found = []
    while not loop.finished:
        record = loop.advance(seconds)
        if record is not None:
            found.append({name: value for name, value in record.as_dict().items() if name != "seconds"})
    return found


def test_a_record_holds_the_means_of_the_sums_and_the_measures():
    loop = Walk(2)
    record = next(loop)
    theta, losses, pulls = np.zeros(2), [], []
    for t in range(5):
        pull = theta - np.array([key(0, t, i) / 2**64 for i in range(2)])
        theta, losses, pulls = theta - 0.25 * pull, [*losses, pull @ pull], [*pulls, np.abs(pull).max()]
    assert record.train_loss == pytest.approx(np.mean(losses), rel=1e-14)
    assert record.train == {"pull": pytest.approx(np.mean(pulls), rel=1e-14)}
    assert record.valid == {"distance": np.abs(loop.theta - 0.5).max()}
    assert list(record.as_dict()) == [
        "epoch", "step", "train_loss", "train_pull", "valid_distance", "lr", "seconds"
    ]  # fmt: skip
    assert "train pull" in str(record)
    np.testing.assert_allclose(loop.theta, theta, rtol=1e-14)


def test_any_loop_is_put_back_at_any_step():
    straight = Walk(3, accumulate=2)
    records = run(straight)
    assert straight.step == 9 and straight.seen == 15  # 2 + 2 + 1 batches an epoch
    assert [group for _, group, _ in straight.steps_taken[:3]] == [(0, 1), (2, 3), (4,)]
    for steps in range(10):
        first = Walk(3, accumulate=2)
        before = []
        while first.step < steps:
            record = first.advance(0)
            before += [] if record is None else [record]
        tensors, numbers = first.state()
        second = Walk(3, accumulate=2)
        second.restore(tensors, json.loads(json.dumps(numbers)))
        assert run(second) == records[len(before) :]
        assert second.steps_taken == straight.steps_taken[steps:]
        np.testing.assert_array_equal(second.theta, straight.theta)


def test_pauses_breaks_and_interrupts_change_nothing():
    straight = run(Walk(3))
    assert run(Walk(3), 0) == straight
    loop = Walk(3)
    for _ in loop:
        break
    loop.interrupt()
    assert loop.advance() is None and loop.interrupted
    assert [record.epoch for record in loop] == [2, 3]


def test_progress_extension_and_what_is_kept():
    loop = Walk(2)
    loop.advance(0)
    assert loop.progress == 0.2 and not loop.finished
    run(loop)
    assert loop.finished and loop.keep() == loop.keep(last=True) == 2
    loop.extend(3)
    assert not loop.finished
    with pytest.raises(UsageError, match="2 epochs are done already; --epochs 1 is fewer"):
        loop.extend(1)
    with pytest.raises(UsageError, match="Walk is not evaluated on examples"):
        loop.evaluate(None)


def test_a_measure_that_is_not_finite_is_not_kept():
    loop = Walk(2)
    loop.measure = lambda: {"distance": float("nan")}
    with pytest.raises(NonFiniteLoss, match="after epoch 1 the validation distance is nan"):
        next(loop)


def test_training_keeps_the_best_or_the_last():
    from gradatim.by_hand.network import Network

    def training():
        rng = np.random.default_rng(0)
        x, y = rng.normal(size=(20, 3)), rng.integers(0, 2, 20)
        network = Network([{"name": "dense", "in_features": 3, "out_features": 2}], 0, "float64")
        how = {"epochs": 4, "batch_size": 5, "precision": "float64", "lr": 1.0}
        return Training(network, (x, y), optimizer="sgd", valid=(x, 1 - y), **how)

    best, last = training(), training()
    losses = [record.valid["loss"] for record in best]
    list(last)
    assert best.framework == "np" and best.length == 4
    weights = last.engine.parameters_now()
    assert last.keep(last=True) == 4
    for name, value in last.engine.parameters_now().items():
        np.testing.assert_array_equal(value, weights[name])
    assert best.keep() == np.argmin(losses) + 1 < 4
    for name, value in best.engine.parameters_now().items():
        np.testing.assert_array_equal(value, best.best[name])
    best.end()
    assert best.data is None and best.valid is None
    assert best.evaluate((np.zeros((2, 3)), np.array([0, 1])))["accuracy"] == 0.5

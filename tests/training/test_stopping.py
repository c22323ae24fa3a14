"""B12: early stopping, interrupts and time limits stop between two steps, exactly where they say."""

import copy
import threading
from itertools import count

import numpy as np
import pytest
import torch

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.training.stopping import EarlyStopping
from gradatim.training.training import Training

D, K = 3, 3


def examples(seed=0, n=24):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, D)), rng.integers(0, K, n)


def training(**options):
    model = build({"name": "mlp", "in_features": D, "out_features": K, "hidden": [8]}, 1)
    options = {"optimizer": "adam", "lr": 0.05, "batch_size": 8, "valid": examples(1), **options}
    return Training(model, examples(), **options)


def parameters(of):
    return copy.deepcopy(of.model.state_dict())


def equal(a, b):
    return all(torch.equal(tensor, b[name]) for name, tensor in a.items())


@pytest.mark.parametrize("patience", [1, 2, 5])
def test_training_stops_patience_epochs_after_the_best_and_puts_exactly_it_back(patience):
    ours = training(epochs=500, patience=patience)
    then, losses = {}, []
    for record in ours:
        losses.append(record.valid["loss"])
        then[record.epoch] = parameters(ours)
    best = int(np.argmin(losses)) + 1
    assert ours.stopping.stopped and ours.finished
    assert len(losses) == best + patience < 500
    runs = [losses[i] >= min(losses[:i]) for i in range(1, len(losses))]  # epochs that were no better
    assert all(not all(runs[i : i + patience]) for i in range(len(runs) - patience))  # and it stopped at once
    assert ours.restore_best() == best
    assert equal(parameters(ours), then[best])
    assert ours.evaluate(examples(1))["loss"] == losses[best - 1]


def test_without_patience_nothing_stops_and_the_best_is_known():
    ours = training(epochs=40)
    losses = [record.valid["loss"] for record in ours]
    assert len(losses) == 40
    assert ours.restore_best() == int(np.argmin(losses)) + 1
    assert ours.evaluate(examples(1))["loss"] == min(losses)


def test_an_equal_loss_is_no_better():
    stopping = EarlyStopping(2)
    assert [stopping.better(loss, epoch) for epoch, loss in enumerate([1.0, 0.5, 0.5, 0.4, 0.4], 1)] == [
        True, True, False, True, False,
    ]  # fmt: skip
    assert not stopping.stopped and stopping.best_epoch == 4
    assert not stopping.better(0.4, 6) and stopping.stopped


def test_extending_after_a_stop_trains_on_as_if_it_had_not_stopped():
    stopped, straight = training(epochs=500, patience=3), training(epochs=500)
    n = len(list(stopped))
    stopped.extend(n + 2)
    assert not stopped.finished and stopped.stopping.waited == 0
    more = [record.train_loss for record in stopped]
    assert more == [next(straight).train_loss for _ in range(n + 2)][n:]
    assert equal(parameters(stopped), parameters(straight))


def test_extending_by_nothing_leaves_it_stopped():
    ours = training(epochs=500, patience=2)
    ours.extend(len(list(ours)))
    assert ours.finished and list(ours) == []


def test_there_is_no_best_without_validation():
    ours = training(epochs=1, valid=None)
    list(ours)
    with pytest.raises(UsageError, match="no best epoch"):
        ours.restore_best()


def test_patience_needs_validation_examples():
    with pytest.raises(UsageError, match="patience needs validation examples"):
        training(valid=None, patience=3)


def test_an_interrupt_from_another_thread_stops_between_two_steps():
    ours = training(epochs=10**6, valid=None, batch_size=1)
    steps = []
    step = ours.engine.step

    def slow(*given):
        steps.append("begun")
        if len(steps) == 60:  # two and a half epochs
            caller = threading.Thread(target=ours.interrupt)
            caller.start()
            caller.join()
        result = step(*given)
        steps[-1] = "done"
        return result

    ours.engine.step = slow
    assert [record.epoch for record in ours] == [1, 2]
    assert steps == ["done"] * 60 and ours.step == 60 and ours.batch == 12 and ours.interrupted
    assert next(iter(ours)).epoch == 3 and not ours.interrupted


def test_max_minutes_ends_a_sitting_and_another_goes_on(monkeypatch):
    ticks = count(step=1.0)  # every look at the clock takes a second
    monkeypatch.setattr("gradatim.training.loop.perf_counter", lambda: next(ticks))
    straight, limited = training(epochs=4), training(epochs=4, max_minutes=0.1)
    expected = [record.train_loss for record in straight]
    losses, sittings = [], 0
    while not limited.finished:
        losses += [record.train_loss for record in limited]
        sittings += 1
        assert limited.finished or (limited.out_of_time and limited.step >= sittings)
    assert losses == expected and sittings > 3
    assert equal(parameters(limited), parameters(straight))


def test_seconds_are_those_of_the_epoch_without_its_pauses(monkeypatch):
    now = 0.0
    monkeypatch.setattr("gradatim.training.loop.perf_counter", lambda: now)
    ours = training(epochs=2)
    step = ours.engine.step

    def takes_a_second(*given):
        nonlocal now
        now += 1
        return step(*given)

    ours.engine.step = takes_a_second
    records = []
    while not ours.finished:
        record = ours.advance(seconds=2)
        now += 100  # a pause
        records += [record] if record else []
    assert [record.seconds for record in records] == [3, 3]


def test_progress_counts_batches():
    ours = training(epochs=2, batch_size=6)
    seen = [ours.progress]
    while not ours.finished:
        ours.advance(seconds=0)
        seen.append(ours.progress)
    assert seen == [0, 0.25, 0.5, 0.75, 1, 1, 1.25, 1.5, 1.75, 2, 2]

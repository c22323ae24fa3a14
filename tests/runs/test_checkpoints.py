"""A checkpoint is saved when it is due, after the records it counts, and puts a Training back exactly."""

import json

import numpy as np
import pytest
import torch

from gradatim.checks import GradatimError, NonFiniteLoss, UsageError
from gradatim.models.building import build
from gradatim.runs.checkpoints import AT_LEAST, AT_MOST, Checkpoints, restore
from gradatim.runs.epoch_records import Metrics, read_metrics
from gradatim.runs.folder import Folder
from gradatim.runs.tensors import read_tensors, write_tensors
from gradatim.training.training import Training


def training(seed=0, hidden=4, optimizer="adam", **options):
    rng = np.random.default_rng(0)
    data, valid = ((rng.normal(size=(12, 3)), np.arange(12) % 2) for _ in range(2))
    model = build({
        "name": "mlp", "in_features": 3, "out_features": 2, "hidden": [hidden], "dropout": 0.3,
    }, seed)  # fmt: skip
    return Training(
        model, data, "cross_entropy", optimizer, batch_size=4, valid=valid, **{"epochs": 4, **options}
    )


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.fixture
def metrics(folder):
    metrics = Metrics(folder.metrics)
    yield metrics
    metrics.close()


def test_a_checkpoint_is_due_after_at_least_at_an_epochs_end_and_after_at_most_within_one(
    folder, metrics, monkeypatch
):
    now = 100.0
    monkeypatch.setattr("gradatim.runs.checkpoints.monotonic", lambda: now)
    checkpoints = Checkpoints(folder, metrics)
    assert (checkpoints.at_least, checkpoints.at_most) == (AT_LEAST, AT_MOST) == (2.0, 60.0)
    ours = training()
    for within in (False, True):
        due = AT_MOST if within else AT_LEAST
        assert ours.advance(seconds=0 if within else None) is None or not within
        assert bool(ours.batch) == within
        now = checkpoints.last + due - 0.01
        assert not checkpoints.save_if_due(ours) and not folder.checkpoint.exists()
        now = checkpoints.last + due
        assert checkpoints.save_if_due(ours) and checkpoints.last == now
        folder.checkpoint.unlink()
        assert not checkpoints.save_if_due(ours)


def test_the_checkpoint_counts_the_records_before_it(folder, metrics):
    checkpoints = Checkpoints(folder, metrics, extensions=2)
    ours = training()
    for record in ours:
        metrics.add(record.as_dict())
        checkpoints.save(ours)
        numbers = read_tensors(folder.checkpoint, "checkpoint")[1]
        assert numbers["metrics_bytes"] == folder.metrics.stat().st_size
        assert numbers["format"] == 2 and numbers["extensions"] == 2
    assert len(read_metrics(folder.metrics)) == 4


def test_a_run_goes_on_from_its_file_to_the_same_bits_after_every_step(folder):
    straight = training()
    records = list(straight)
    expected = straight.state()
    for steps in range(straight.step):
        first, second = training(), training(seed=5)
        metrics = Metrics(folder.metrics)
        while first.step < steps:
            if record := first.advance(seconds=0):
                metrics.add(record.as_dict())
        Checkpoints(folder, metrics).save(first)
        metrics.close()
        metrics = Metrics(folder.metrics, restore(folder, second))
        for record in second:
            metrics.add(record.as_dict())
        metrics.close()
        tensors, numbers = second.state()
        assert all(torch.equal(tensor, expected[0][name]) for name, tensor in tensors.items())
        assert {**numbers, "seconds": 0} == {**expected[1], "seconds": 0}
        ended = [{**r, "seconds": 0} for r in read_metrics(folder.metrics)]
        assert ended == [{**record.as_dict(), "seconds": 0} for record in records]


def test_without_a_checkpoint_a_run_starts_from_the_beginning(folder):
    ours = training()
    assert restore(folder, ours) == 0 and ours.step == 0


def saved(folder, ours, extensions=0):
    metrics = Metrics(folder.metrics)
    try:
        Checkpoints(folder, metrics, extensions).save(ours)
    finally:
        metrics.close()


def test_a_run_that_stopped_early_goes_on_when_its_config_was_extended_since(folder):
    ours = training(epochs=500, patience=1, lr=0.5)
    list(ours)
    assert ours.stopping.stopped
    saved(folder, ours)
    same, extended, known = (training(epochs=500, patience=1, lr=0.5) for _ in range(3))
    restore(folder, same)
    assert same.finished
    restore(folder, extended, extensions=1)
    assert not extended.finished and extended.epoch == ours.epoch
    saved(folder, ours, extensions=1)
    restore(folder, known, extensions=1)
    assert known.finished


def test_fewer_epochs_than_the_checkpoint_has_are_refused(folder):
    ours = training()
    list(ours)
    saved(folder, ours)
    with pytest.raises(UsageError, match="4 epochs are done already; --epochs 3 is fewer"):
        restore(folder, training(epochs=3), extensions=1)


def test_a_state_that_is_not_finite_is_not_saved_over_a_good_one(folder):
    ours = training()
    next(ours)
    saved(folder, ours)
    before = folder.checkpoint.read_bytes()
    with torch.no_grad():
        next(ours.model.parameters())[0] = torch.nan
    with pytest.raises(NonFiniteLoss, match="left nan in 1"):
        saved(folder, ours)
    assert folder.checkpoint.read_bytes() == before


def without(*keys):
    def damage(tensors, numbers):
        inner = numbers
        for key in keys[:-1]:
            inner = inner[key]
        del inner[keys[-1]]

    return damage


def put(value, *keys):
    def damage(tensors, numbers):
        inner = numbers
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value

    return damage


@pytest.mark.parametrize(
    "damage",
    [
        without("training"), without("metrics_bytes"), without("extensions"), without("training", "engine"),
        without("training", "stopping"), without("training", "step"), without("training", "engine", "groups"),
        put("many", "metrics_bytes"), put(3, "training"), put([], "training", "engine"),
        put([], "training", "engine", "groups"), put({"x": {}}, "training", "engine", "state"),
        put(None, "training", "stopping"),
        lambda tensors, numbers: tensors.pop("model.1.weight"),
        lambda tensors, numbers: tensors.update({"optimizer.x": torch.ones(1)}),
        lambda tensors, numbers: tensors.update({"random.cpu": torch.ones(3)}),
    ],
)  # fmt: skip
def test_a_checkpoint_with_a_part_missing_is_one_sentence(folder, damage):
    ours = training()
    next(ours)
    saved(folder, ours)
    tensors, numbers = read_tensors(folder.checkpoint, "checkpoint")
    damage(tensors, numbers)
    write_tensors(folder.checkpoint, tensors, numbers)
    with pytest.raises(GradatimError) as error:
        restore(folder, training())
    assert "checkpoint" in str(error.value) and json.dumps(str(error.value)).count("\\n") == 0


def test_the_checkpoint_of_another_network_or_optimizer_is_refused(folder):
    ours = training()
    next(ours)
    saved(folder, ours)
    with pytest.raises(GradatimError, match=r"1.bias has shape \(4,\), expected \(5,\)"):
        restore(folder, training(hidden=5))
    with pytest.raises(GradatimError, match="optimizer is Adam, this one is SGD"):
        restore(folder, training(optimizer="sgd"))

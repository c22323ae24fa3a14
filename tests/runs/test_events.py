"""The event file says what metrics.jsonl says, also after a resume."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.jobs.train import train
from gradatim.runs.epoch_records import read_metrics


def read(folder: Path) -> dict[str, list[tuple[int, float, float]]]:
    """Every scalar's (step, value, time), as TensorBoard reads them."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder))
    found.Reload()
    scalars = {tag: found.Scalars(tag) for tag in found.Tags()["scalars"]}
    return {tag: [(e.step, e.value, e.wall_time) for e in events] for tag, events in scalars.items()}


def check(run) -> None:
    """The event file against the records, exactly: a scalar is the record's number in single precision."""
    records, found = read_metrics(run.folder.metrics), read(run.path / "tensorboard")
    keys = {"train/loss": "train_loss", "valid/loss": "valid_loss", "valid/accuracy": "valid_accuracy",
            "lr": "lr", "seconds": "seconds"}  # fmt: skip
    assert set(found) == set(keys)
    for tag, key in keys.items():
        expected = [(record["epoch"], float(np.float32(record[key]))) for record in records]
        assert [(step, value) for step, value, _ in found[tag]] == expected
    times = [time for *_, time in found["lr"]]
    assert np.allclose(np.diff(times), [record["seconds"] for record in records[1:]], atol=1e-5)


def test_events_are_the_records_and_stay_so_when_a_run_is_extended_or_copied():
    run = train("digits", epochs=3, out="run", quiet=True, tensorboard=True)
    check(run)
    run = train(resume="run", epochs=5, quiet=True)  # the folder says that it is wanted
    assert len(read_metrics(run.folder.metrics)) == 5
    check(run)
    copy = train(resume="run", epochs=6, out="copy", quiet=True)
    check(copy)
    check(run)


def test_what_a_killed_run_had_written_behind_its_checkpoint_is_gone():
    run = train("digits", epochs=2, out="run", quiet=True, tensorboard=True)
    with run.folder.metrics.open("a") as file:  # an epoch that no checkpoint knows
        file.write(json.dumps({"epoch": 3, "step": 99, "train_loss": 7.0, "lr": 1.0, "seconds": 1.0}) + "\n")
    run = train(resume="run", epochs=3, quiet=True)
    check(run)
    assert 7.0 not in [value for _, value, _ in read(run.path / "tensorboard")["train/loss"]]


def test_a_finished_run_is_written_in_whole():
    run = train("digits", epochs=2, out="run", quiet=True)
    assert not (run.path / "tensorboard").exists()
    check(train(resume="run", quiet=True, tensorboard=True))


def test_without_the_extra_a_sentence_says_what_to_install_before_anything_is_made(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "tensorboard" else find(name)
    )
    with pytest.raises(UsageError) as raised:
        train("digits", epochs=1, out="run", tensorboard=True)
    assert str(raised.value) == (
        "tensorboard is not installed; it is an extra: pip install 'gradatim[tensorboard]'"
    )
    assert not Path("run").exists()


def test_the_numpy_engine_imports_no_torch_for_it():
    script = (
        "import sys, gradatim\n"
        "gradatim.train('digits', epochs=1, out='run', quiet=True, tensorboard=True)\n"
        "print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"

"""Outputs that would fill the memory lie on disk, and nothing else is different."""

import errno
import os

import numpy as np
import pytest

import gradatim
from gradatim.checks import GradatimError
from gradatim.data import dataset
from gradatim.runs import gathered as room
from gradatim.runs.asking import ask
from gradatim.runs.gathered import gathered

PARTS = [np.arange(12.0).reshape(4, 3), np.arange(6.0).reshape(2, 3) + 0.5]


@pytest.fixture
def on_disk(monkeypatch, tmp_path):
    monkeypatch.setattr(room, "SHARE", 0.0)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_parts_on_disk_are_the_parts_and_leave_no_file(on_disk):
    found = gathered(iter(PARTS), 6)
    assert isinstance(found, np.memmap) and list(on_disk.iterdir()) == []
    np.testing.assert_array_equal(found, np.concatenate(PARTS))
    assert gathered(iter(PARTS[:1]), 4) is PARTS[0]  # which is in memory


def test_parts_in_memory_are_joined():
    found = gathered(iter(PARTS), 6)
    assert type(found) is np.ndarray
    np.testing.assert_array_equal(found, np.concatenate(PARTS))


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="this system gives files no room beforehand")
def test_a_full_disk_is_said_before_anything_is_written(on_disk, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(GradatimError, match=r"^the outputs for 6 examples take 0.0 GB, for which neither"):
        gathered(iter(PARTS), 6)


def test_masks_are_measured_and_predicted_from_disk_as_from_memory(on_disk, monkeypatch):
    x = np.random.default_rng(0).integers(0, 255, (20, 1, 8, 12), np.uint8)
    run = gradatim.train(
        (x, (x[:, 0] > 120) * 9), task="segmentation", epochs=1, network={"stages": 1, "width": 0.25},
        out="run", threads=1, quiet=True, test=0.5,
    )  # fmt: skip
    held = run.evaluate(), run.predict(x).labels
    monkeypatch.setattr(dataset, "LARGE", 0)
    monkeypatch.setattr(dataset, "at_once", lambda shape: 3)
    monkeypatch.setattr("gradatim.runs.forward.at_once", lambda shape: 3)
    found = run.evaluate(), run.predict(x).labels
    assert found[0]["n"] == 10 and isinstance(ask(run.trained, run.data.test).a, np.memmap)
    assert found[0]["metrics"] == pytest.approx(held[0]["metrics"], rel=1e-6)
    np.testing.assert_array_equal(found[1], held[1])

"""The school data: a made-up file of its form, and the real one where it is."""

import os
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from gradatim.checks import GradatimError
from gradatim.data.school import NAMES, school, school_tasks

home = import_module("gradatim.data.school")
FOLDER = Path(os.environ.get("GRADATIM_DATA") or "nowhere")
needs_it = pytest.mark.skipif(
    not (FOLDER / "school").is_dir(), reason="GRADATIM_DATA names no folder with school/ in it"
)


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Three schools in a file of the form of the publisher's, in bytes as theirs."""
    rng = np.random.default_rng(0)
    X, Y = np.empty((1, 3), object), np.empty((1, 3), object)
    for i, n in enumerate((20, 30, 25)):
        X[0, i] = rng.integers(0, 2, (n, 28)).astype(np.uint8)
        Y[0, i] = rng.integers(1, 71, (n, 1)).astype(np.uint8)
    path = tmp_path / "school" / "school.mat"
    path.parent.mkdir()
    savemat(path, {"X": X, "Y": Y})
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    monkeypatch.setattr(home, "FILE", ("school.mat", sha256(path.read_bytes()).hexdigest()))
    return X, Y


def test_tasks_and_table_say_the_same(made_up):
    """Rows in the file's order, without the column of ones; scores as numbers, not as bytes."""
    X, Y = made_up
    Xs, ys = school_tasks()
    for i in range(3):
        np.testing.assert_array_equal(Xs[i], X[0, i][:, :27])
        np.testing.assert_array_equal(ys[i], Y[0, i][:, 0])
        assert Xs[i].dtype == ys[i].dtype == float
    data = school()
    assert data.features == (*NAMES, "school")
    assert (data.task, data.targets, len(data)) == ("regression", ("score",), 75)
    np.testing.assert_array_equal(np.ravel(data.y), np.concatenate(ys))
    np.testing.assert_array_equal(data.x[:, 3], np.concatenate(Xs)[:, 3])


def test_another_file_is_refused(made_up, monkeypatch):
    monkeypatch.setattr(home, "FILE", ("school.mat", "0" * 64))
    with pytest.raises(GradatimError, match="is not the published file"):
        school_tasks()


@needs_it
def test_the_published_file():
    """139 schools of 22 to 251 students, scores from 1 to 70."""
    Xs, ys = school_tasks()
    sizes = [len(y) for y in ys]
    assert (len(Xs), sum(sizes), min(sizes), max(sizes)) == (139, 15_362, 22, 251)
    assert (min(y.min() for y in ys), max(y.max() for y in ys)) == (1, 70)
    assert all(X[:, :3].sum(1).min() == X[:, :3].sum(1).max() == 1 for X in Xs)

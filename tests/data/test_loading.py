"""Names and files: what is read, and what is not there."""

import re
from pathlib import Path

import numpy as np
import pytest

from gradatim.checks import UsageError
from gradatim.data.loading import load_data

X, Y = np.random.default_rng(0).standard_normal((8, 3)), np.array([3, 5] * 4)


def test_an_object_goes_through():
    assert load_data((X, Y)).classes == (3, 5)


def test_a_name_wins_over_a_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("digits").mkdir()
    assert len(load_data("digits")) == 1797
    with pytest.raises(UsageError, match="digits holds no sub-folder with pictures"):
        load_data(Path("digits"))
    with pytest.raises(UsageError, match="digits holds no sub-folder with pictures"):
        load_data("./digits")


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("digtis", "unknown data 'digtis': did you mean digits?"),
        (
            "quux",
            "unknown data 'quux': no data set is called so (gradatim list dataset), and there is no such "
            "file; a file is given by its path, such as quux.csv",
        ),
        (
            "iris",
            "unknown data 'iris': Gradatim does not bring this table; a file is given by its path, such as "
            "iris.csv",
        ),
        (
            "Breast-Cancer",
            "unknown data 'Breast-Cancer': Gradatim does not bring this table; a file is given",
        ),
        ("titanic", "unknown data 'titanic': it is not there yet; the nearest is adult"),
        ("nowhere.npz", "there is no file nowhere.npz"),
        ("a/b", "there is no file a/b"),
        ("a" * 5000, "unknown data 'aaa"),
        ("a\0b", "unknown data 'a"),
    ],
)
def test_what_is_not_there_is_named(name, sentence):
    with pytest.raises(UsageError, match=f"^{re.escape(sentence)}"):
        load_data(name)


def test_a_target_is_for_files():
    with pytest.raises(UsageError, match="digits has its target already; --target is for files"):
        load_data("digits", "y")


def test_a_folder_and_another_kind_of_file_are_refused(tmp_path):
    with pytest.raises(
        UsageError, match=f"^{tmp_path} holds no sub-folder with pictures: a folder is learned"
    ):
        load_data(tmp_path)
    np.save(tmp_path / "a.npy", X)
    with pytest.raises(UsageError, match=r"a\.npy is a single array; inputs and targets are learned from an"):
        load_data(tmp_path / "a.npy")

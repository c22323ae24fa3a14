"""Ants and bees: a folder made up, and the real part of it where it is."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import GradatimError, UsageError
from gradatim.data.hymenoptera import hymenoptera
from gradatim.data.loading import load_data

FOLDER = Path(os.environ.get("GRADATIM_DATA") or "nowhere")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """Three photographs to learn from and two of the test, each of one grey."""
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    for part, kind, greys in (("train", "ants", [10, 20]), ("train", "bees", [30]), ("val", "ants", [40]),
                              ("val", "bees", [50])):  # fmt: skip
        folder = tmp_path / "hymenoptera" / part / kind
        folder.mkdir(parents=True)
        for grey in greys:
            Image.fromarray(np.full((90, 120, 3), grey, np.uint8)).save(folder / f"{grey}.png")
    return tmp_path


def test_the_photographs_of_val_are_the_test(place):
    data = hymenoptera()
    assert data.x.shape == (5, 3, 64, 64) and data.classes == ("ants", "bees")
    assert data.x[:, 0, 5, 5].tolist() == [10, 20, 30, 40, 50] and data.y.tolist() == [0, 0, 1, 0, 1]
    assert data.official_test.tolist() == [False] * 3 + [True] * 2
    assert "5 of the 397 photographs" in data.notices[-1] and data.files[2].endswith("bees/30.png")


def test_another_size_is_a_setting_of_the_name(place):
    data = load_data("hymenoptera:size=120")
    assert data.shape == (3, 120, 120) and data.source == {"name": "hymenoptera:size=120"}
    with pytest.raises(UsageError, match="input_size must be"):
        load_data("hymenoptera:size=0")


def test_a_damaged_file_is_left_out_and_its_label_with_it(place):
    (place / "hymenoptera" / "train" / "ants" / "10.png").write_bytes(b"no picture")
    data = hymenoptera()
    assert data.y.tolist() == [0, 1, 0, 1] and data.official_test.tolist() == [False, False, True, True]
    assert data.notices[0].startswith("1 of 5 files cannot be read")


def test_where_it_is_to_be_had(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    with pytest.raises(GradatimError, match=r"unpack https://\S+hymenoptera_data\.zip into a folder"):
        hymenoptera()
    (tmp_path / "hymenoptera" / "train").mkdir(parents=True)
    with pytest.raises(GradatimError, match="has no pictures in train/ants, train/bees"):
        hymenoptera()


@pytest.mark.skipif(not (FOLDER / "hymenoptera_subset").is_dir(), reason="GRADATIM_DATA has no hymenoptera")
def test_the_real_ones():
    data = hymenoptera()
    assert data.shape == (3, 64, 64) and np.bincount(data.y).tolist() == [42, 42]
    assert data.official_test.sum() == 28

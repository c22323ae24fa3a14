"""MNIST-M: a folder made up, and the real part of it where it is."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gradatim.checks import GradatimError
from gradatim.data.loading import load_data
from gradatim.data.mnist_m import mnist_m

FOLDER = Path(os.environ.get("GRADATIM_DATA") or "nowhere")


def write(folder: Path, part: str, digits: list[int]) -> None:
    (folder / f"mnist_m_{part}").mkdir(parents=True)
    lines = []
    for k, digit in enumerate(digits):
        picture = np.full((32, 32, 3), 10 * digit + k, np.uint8)
        Image.fromarray(picture).save(folder / f"mnist_m_{part}" / f"{k:08}.png")
        lines.append(f"{k:08}.png {digit}")
    (folder / f"mnist_m_{part}_labels.txt").write_text("\n".join(lines) + "\n")


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    return tmp_path


def test_of_one_part_the_last_third_is_the_test(place):
    write(place / "mnist_m_subset", "test", [3, 1, 4, 1, 5, 9])
    data = mnist_m()
    assert data.y.tolist() == [3, 1, 4, 1, 5, 9] and data.x.shape == (6, 3, 32, 32)
    assert data.x[:, 0, 0, 0].tolist() == [30, 11, 42, 13, 54, 95]
    assert data.official_test.tolist() == [False] * 4 + [True] * 2
    assert "6 of the 68,002 pictures" in data.notices[0] and "the last third is the test" in data.notices[0]


def test_of_both_parts_the_test_is_the_publishers(place):
    write(place / "mnist_m", "train", [1, 2])
    write(place / "mnist_m", "test", [3])
    data = mnist_m()
    assert data.y.tolist() == [1, 2, 3] and data.official_test.tolist() == [False, False, True]


def test_a_list_that_is_none_names_its_line(place):
    write(place / "mnist_m", "test", [3, 4])
    (place / "mnist_m" / "mnist_m_test_labels.txt").write_text("00000000.png 3\n00000001.png eleven\n")
    with pytest.raises(GradatimError, match="line 2: expected a file's name and a digit"):
        mnist_m()


def test_where_it_is_to_be_had(place):
    with pytest.raises(GradatimError, match=r"unpack mnist_m\.tar\.gz"):
        mnist_m()


@pytest.mark.skipif(not (FOLDER / "mnist_m_subset").is_dir(), reason="GRADATIM_DATA has no mnist_m_subset/")
def test_the_real_pictures_are_the_digits_of_mnists_test():
    data = load_data("mnist-m")
    assert len(data) == 1500 and data.y[:10].tolist() == [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]

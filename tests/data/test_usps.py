"""USPS: the two text files, made up, and the real numbers where they are."""

import gzip
import os
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from gradatim.checks import GradatimError
from gradatim.data.loading import load_data
from gradatim.data.usps import usps

home = import_module("gradatim.data.usps")

FOLDER = Path(os.environ.get("GRADATIM_DATA") or "nowhere")
COUNTS = (  # of each digit, as The Elements of Statistical Learning publishes them (zip.info)
    [1194, 1005, 731, 658, 652, 556, 664, 645, 542, 644],
    [359, 264, 198, 166, 200, 160, 170, 147, 166, 177],
)


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Four digits in files of the form of zip.train.gz and zip.test.gz; the path of the second."""
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    monkeypatch.setattr(home, "SIZES", {"train": 3, "test": 1})
    (tmp_path / "usps").mkdir()
    numbers = np.round(np.linspace(-1, 1, 4 * 256), 3).reshape(4, 256)
    lines = [f"{k + 5}.0000 " + " ".join(f"{x:.3f}" for x in row) + " \n" for k, row in enumerate(numbers)]
    for file, some in (("zip.train.gz", lines[:3]), ("zip.test.gz", lines[3:])):
        (tmp_path / "usps" / file).write_bytes(gzip.compress("".join(some).encode()))
    return numbers, tmp_path / "usps" / "zip.test.gz"


def test_the_text_files_become_bytes_whose_halves_are_rounded_up(made_up):
    data = usps()
    steps = np.rint(1000 * (made_up[0] + 1)).astype(int).ravel().tolist()
    assert data.x.shape == (4, 1, 16, 16) and data.x.dtype == np.uint8
    assert data.x.ravel().tolist() == [(255 * step * 2 + 2000) // 4000 for step in steps]
    assert (data.x.min(), data.x.max()) == (0, 255)
    assert data.y.tolist() == [5, 6, 7, 8] and data.official_test.tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"3 0.1\n", "it has 1 lines of 2 numbers, not 1 of 257"), (b"3 x\n", "is damaged")],
)
def test_another_file_is_refused(made_up, content, said):
    made_up[1].write_bytes(gzip.compress(content))
    with pytest.raises(GradatimError, match=said):
        usps()


@pytest.mark.skipif(not (FOLDER / "usps" / "usps.h5").is_file(), reason="GRADATIM_DATA has no usps/usps.h5")
def test_the_real_digits_are_as_many_of_each_as_published():
    pytest.importorskip("h5py")
    data = load_data("usps")
    for part, counts in zip((~data.official_test, data.official_test), COUNTS, strict=True):
        assert np.bincount(data.y[part]).tolist() == counts
    assert data.x[0, 0, 0, 6:12].tolist() == [0, 47, 237, 106, 0, 0]  # 0, 0.1845, 0.931, 0.4165 of 1

"""CIFAR-10's binary files: made-up ones, and the part that is where GRADATIM_DATA says."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest

from gradatim.checks import GradatimError
from gradatim.data.cifar10 import cifar10, read_records

FOLDER = Path(os.environ.get("GRADATIM_DATA") or "nowhere") / "cifar10_partial"


def records(labels, rng):
    return b"".join(bytes([n]) + rng.integers(0, 256, 3072, dtype=np.uint8).tobytes() for n in labels)


def test_a_folder_of_the_publishers_files(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    (tmp_path / "cifar10").mkdir()
    for number in range(1, 6):
        (tmp_path / "cifar10" / f"data_batch_{number}.bin").write_bytes(records([number], rng))
    (tmp_path / "cifar10" / "test_batch.bin").write_bytes(records([9, 0], rng))
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    found = cifar10()
    assert found.y.tolist() == [1, 2, 3, 4, 5, 9, 0] and found.official_test.sum() == 2
    assert found.x.shape == (7, 3, 32, 32)


def test_planes_lie_one_behind_the_other(tmp_path):
    content = bytes([3]) + bytes([1] * 1024) + bytes([2] * 1024) + bytes([9] + [4] * 1023)
    (tmp_path / "one.bin.gz").write_bytes(gzip.compress(content))
    x, y = read_records(tmp_path / "one.bin.gz")
    assert y.tolist() == [3] and x[0, :, 0, 1].tolist() == [1, 2, 4] and x[0, 2, 0, 0] == 9


def test_other_files_are_refused(tmp_path, monkeypatch):
    (tmp_path / "short.bin").write_bytes(b"\0" * 3072)
    with pytest.raises(GradatimError, match="3,072 bytes are not records of 3,073"):
        read_records(tmp_path / "short.bin")
    (tmp_path / "label.bin").write_bytes(bytes([10]) + b"\0" * 3072)
    with pytest.raises(GradatimError, match="record 0 has the label 10"):
        read_records(tmp_path / "label.bin")
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    with pytest.raises(GradatimError, match=r"unpack https://www\.cs\.toronto"):
        cifar10()


@pytest.mark.skipif(not FOLDER.is_dir(), reason="GRADATIM_DATA names no folder with cifar10_partial/ in it")
def test_the_part_that_is_there():
    found = cifar10()
    assert (~found.official_test).sum() == 9177 and found.official_test.sum() == 8636
    counts = np.bincount(found.y)
    assert counts.min() > 1500 and counts.max() < 2100  # nearly as many of each

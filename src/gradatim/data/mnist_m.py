"""MNIST-M: digits of MNIST on patches of photographs, in colours."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.fetching import VARIABLE
from gradatim.data.picture_files import read_pictures

FOLDERS = ("mnist_m", "mnist_m_subset")  # of the whole set, and of a part of it
PARTS = ("train", "test")  # each a folder mnist_m_PART and a list mnist_m_PART_labels.txt
SIZES = {"train": 59_001, "test": 9_001}
PLACE = "http://yaroslav.ganin.net"
TESTED = 3  # where there is one part alone, one of so many is the test: its last pictures


def mnist_m() -> Dataset:
    """Digits of MNIST blended with patches of BSDS500's photographs: |patch − digit| (Ganin et al. 2016).

    They are read from the folder mnist_m, or mnist_m_subset, in the one that GRADATIM_DATA names: pictures in
    mnist_m_train and mnist_m_test, and mnist_m_train_labels.txt and mnist_m_test_labels.txt, whose lines are
    a file's name and its digit. Of a folder with one part alone the last third is the test. The digits of the
    test part are those of MNIST's own test part.

    Shapes: x (N, 3, 32, 32) uint8; y (N,). The training examples come first.
    Raises GradatimError saying where the pictures are to be had, where there are none: there is no address
    that stays, so that they are not downloaded.
    """
    folder = _folder()
    there = [part for part in PARTS if _list_of(folder, part).is_file()]
    read = [_part(folder, part) for part in there]
    x, y = (np.concatenate([one[k] for one in read]) for k in (0, 1))
    notices = [sentence for one in read for sentence in one[2]]
    first = len(read[0][0]) if len(read) > 1 else len(x) - len(x) // TESTED
    if len(x) < sum(SIZES.values()):
        whole = sum(SIZES.values())
        notices.append(
            f"{len(x):,} of the {whole:,} pictures of MNIST-M are in {folder}; {_split_rule(there)}"
        )
    return Dataset(
        x, y, tuple(range(10)), official_test=np.arange(len(x)) >= first, name="mnist-m",
        source={"name": "mnist-m"}, notices=tuple(notices),
    )  # fmt: skip


def _split_rule(there: list[str]) -> str:
    return "the last third is the test" if len(there) == 1 else "the parts are their publisher's"


def _list_of(folder: Path, part: str) -> Path:
    return folder / f"mnist_m_{part}_labels.txt"


def _part(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray, tuple[str, ...]]:
    """Pictures, digits and what is odd of one part, in the order of its list."""
    path = _list_of(folder, part)
    names, digits = [], []
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        name, _, digit = line.strip().rpartition(" ")
        if not name or digit not in map(str, range(10)):
            raise GradatimError(f"{path}, line {number}: expected a file's name and a digit, got {line!r}")
        names.append(name)
        digits.append(int(digit))
    found: Any = read_pictures([folder / f"mnist_m_{part}" / name for name in names])
    return found.x, np.array(digits, np.int64)[found.kept], found.notices


def _folder() -> Path:
    """Where the pictures lie."""
    given = os.environ.get(VARIABLE)
    for name in FOLDERS if given else ():
        folder = Path(str(given)).expanduser() / name
        if any(_list_of(folder, part).is_file() for part in PARTS):
            return folder
    raise GradatimError(
        f"MNIST-M is not here: unpack mnist_m.tar.gz, to which {PLACE} links, into a folder of your choice "
        f"and name that folder in the environment variable {VARIABLE}"
    )

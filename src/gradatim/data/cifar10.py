"""CIFAR-10: coloured pictures of 32×32 pixels in ten classes, from a folder of your own."""

import os
from pathlib import Path

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.fetching import VARIABLE
from gradatim.data.unpacking import read_file

CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
RECORD = 1 + 3 * 32 * 32  # a label, then the red, the green and the blue plane, row by row
WHERE = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
FILES = {  # by folder: those to learn from, and that of the test
    "cifar10": ([f"data_batch_{n}.bin" for n in range(1, 6)], "test_batch.bin"),
    "cifar10_partial": (["data_batch_1_partial.bin.gz"], "test_partial.bin.gz"),
}


def cifar10() -> Dataset:
    """CIFAR-10 (Krizhevsky 2009), or a part of it: 50,000 pictures to learn from and 10,000 for the test.

    Read from the folder that GRADATIM_DATA names: `cifar10/` with the publisher's binary files, unpacked, or
    `cifar10_partial/` with 9,177 of the first file's pictures and 8,636 of the test's.

    Shapes: x (N, 3, 32, 32) uint8, y (N,). The training examples come first.
    Raises GradatimError where neither is there, and for a file that holds no such records.
    """
    given = os.environ.get(VARIABLE)
    for name, (learned, judged) in FILES.items():
        folder = Path(given or ".").expanduser() / name
        if given and (folder / judged).exists():
            return _read(folder, learned, judged)
    raise GradatimError(
        f"cifar10 is read from a folder of your own: unpack {WHERE} into cifar10/ of a folder of your "
        f"choice, and name that folder in the environment variable {VARIABLE}"
    )


def _read(folder: Path, learned: list[str], judged: str) -> Dataset:
    parts = [read_records(folder / file) for file in (*learned, judged)]
    x, y = (np.concatenate(one) for one in zip(*parts, strict=True))
    return Dataset(
        x, y, CLASSES, official_test=np.arange(len(y)) >= len(y) - len(parts[-1][1]), name="cifar10",
        source={"name": "cifar10"},
    )  # fmt: skip


def read_records(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Pictures (N, 3, 32, 32) and labels (N,) of a file of CIFAR-10's binary form, plain or gzipped.

    Raises GradatimError for one that cannot be read, that does not end with a record, or has another label.
    """
    content = np.frombuffer(read_file(path), np.uint8)
    if not content.size or content.size % RECORD:
        raise GradatimError(
            f"{path} is no file of CIFAR-10: {content.size:,} bytes are not records of {RECORD:,}"
        )
    records = content.reshape(-1, RECORD)
    labels = records[:, 0].astype(np.int64)
    if labels.max() >= len(CLASSES):
        raise GradatimError(
            f"{path} is no file of CIFAR-10: record {labels.argmax()} has the label {labels.max()}"
        )
    return records[:, 1:].reshape(-1, 3, 32, 32), labels

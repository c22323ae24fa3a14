"""USPS: digits that the US Postal Service cut out of addresses on envelopes, 16×16 pixels in greys."""

import gzip
import os
from pathlib import Path

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset
from gradatim.data.fetching import VARIABLE, fetch

FILE = "usps.h5"  # the numbers of the two text files in one, as (number + 1)/2
SHA256 = "734f88c541104a956d88be2c95d03b4a463ffd74ccc2ba9c80841fb98e3fcb36"
URLS = (
    f"https://raw.githubusercontent.com/niuers/Learning-From-Data-A-Short-Course/master/data/{FILE}",
    f"https://github.com/niuers/Learning-From-Data-A-Short-Course/raw/master/data/{FILE}",
)
TEXTS = {"train": "zip.train.gz", "test": "zip.test.gz"}  # of Hastie, Tibshirani & Friedman's page
SIZES = {"train": 7291, "test": 2007}
SIDE = 16
STEPS = 2000  # the published numbers are −1, −0.999 … 1


def usps() -> Dataset:
    """7,291 handwritten digits of postal codes to learn from and 2,007 for the test (Le Cun et al. 1989).

    Slant and size are normalised, which left greys: the published numbers x in [−1, 1] become bytes, 255
    (x + 1)/2 rounded. They are read from usps.h5, or, where that is not in GRADATIM_DATA, from zip.train.gz
    and zip.test.gz there.

    Shapes: x (9298, 1, 16, 16) uint8, 0 paper … 255 ink; y (9298,). The training examples come first.
    Raises GradatimError when the files are nowhere to be found, or are not what is published.
    """
    texts = _texts()
    parts = texts or _in_hdf5(fetch("usps", FILE, SHA256, URLS))
    sizes = [len(y) for _, y in parts]
    x = np.concatenate([_bytes(x) for x, _ in parts])
    y = np.concatenate([y for _, y in parts]).astype(np.int64)
    return Dataset(
        x.reshape(-1, 1, SIDE, SIDE), y, tuple(range(10)), official_test=np.arange(len(x)) >= sizes[0],
        name="usps", source={"name": "usps"},
    )  # fmt: skip


def _bytes(steps: np.ndarray) -> np.ndarray:
    """0 … 2000 thousandths above −1 as 0 … 255, halves rounded up, by whole numbers."""
    return ((255 * steps.astype(np.int64) + STEPS // 2) // STEPS).astype(np.uint8)


def _texts() -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Training and test part of the two text files; nothing where they do not lie in GRADATIM_DATA alone."""
    if not (given := os.environ.get(VARIABLE)):
        return ()
    folder = Path(given).expanduser() / "usps"
    paths = {part: folder / file for part, file in TEXTS.items()}
    if (folder / FILE).exists() or not all(path.is_file() for path in paths.values()):
        return ()
    return tuple(_in_text(path, SIZES[part]) for part, path in paths.items())


def _in_text(path: Path, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Thousandths above −1, and digits: a line is a digit and 256 numbers."""
    try:
        with gzip.open(path, "rt", encoding="ascii") as file:
            table = np.loadtxt(file, dtype=np.float64, ndmin=2)
    except (OSError, ValueError, EOFError) as error:
        raise GradatimError(f"{path} is damaged: {error}") from error
    if table.shape != (size, 1 + SIDE * SIDE):
        lines, numbers = table.shape
        raise GradatimError(
            f"{path} is not the published file: it has {lines} lines of {numbers} numbers, not {size} of "
            f"{1 + SIDE * SIDE}"
        )
    return np.rint((table[:, 1:] + 1) * (STEPS / 2)), table[:, 0]


def _in_hdf5(path: Path) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """The same of the one file, whose checksum is known."""
    try:
        import h5py
    except ImportError as error:
        raise GradatimError(f"{path} is read by h5py, which is not installed: pip install h5py") from error
    with h5py.File(path) as file:
        return tuple(
            (
                np.rint(np.asarray(file[f"{part}/data"], np.float64) * STEPS),
                np.asarray(file[f"{part}/target"]),
            )
            for part in TEXTS
        )

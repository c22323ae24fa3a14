"""The handwritten digits that come with scikit-learn."""

import gzip
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.dataset import Dataset


def digits() -> Dataset:
    """1,797 digits of 8×8 pixels, each the count (0 … 16) of inked points in a 4×4 cell (Kaynak 1995).

    Read from the file inside the installed scikit-learn, which is not imported: that takes a second.
    Shapes: x (1797, 1, 8, 8) uint8, y (1797,).
    """
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        raise GradatimError("digits come with scikit-learn, which is not installed: pip install scikit-learn")
    path = Path(spec.origin).parent / "datasets" / "data" / "digits.csv.gz"
    try:
        with gzip.open(path, "rt", encoding="ascii") as file:
            table = np.loadtxt(file, delimiter=",", dtype=np.uint8)
    except (OSError, ValueError, EOFError) as error:
        raise GradatimError(f"cannot read the digits in {path}: {error}; reinstall scikit-learn") from error
    return Dataset(
        x=table[:, :64].reshape(-1, 1, 8, 8),
        y=table[:, 64].astype(np.int64),
        classes=tuple(range(10)),
        name="digits",
        source={"name": "digits"},
    )

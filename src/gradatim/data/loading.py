"""From a name, a file or an object to a Dataset."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import is_zipfile

import numpy as np

from gradatim import catalog
from gradatim.checks import GradatimError, UsageError, did_you_mean
from gradatim.data.dataset import Dataset
from gradatim.data.objects import as_dataset, from_mapping


def load_data(data: Any, target: str | None = None) -> Dataset:
    """A Dataset from a name of the catalogue, an `.npz` file, or an object in memory.

    A name in the catalogue wins over a path; `./digits` is the path.

    >>> len(load_data("digits"))
    1797
    """
    if not isinstance(data, str | Path):
        return as_dataset(data, target)
    if isinstance(data, str) and data in catalog.names("dataset"):
        if target is not None:
            raise UsageError(f"{data} has its target already; --target is for files")
        return catalog.find(data, "dataset").load()()
    return _load_file(Path(data), target)


def _load_file(path: Path, target: str | None) -> Dataset:
    if not _exists(path):
        if path.suffix or len(path.parts) > 1:
            raise UsageError(f"there is no file {path}")
        raise UsageError(f"unknown data {str(path)!r}: {did_you_mean(str(path), catalog.names('dataset'))}")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; this version learns from .npz files and names such as digits")
    if path.suffix.lower() != ".npz":
        raise UsageError(f"{path} is not an .npz file, which is what this version reads")
    arrays = read_npz(path)
    dataset = from_mapping(arrays, target, str(path))
    return replace(dataset, name=path.stem, source={"path": str(path.resolve()), "target": target})


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a name that is too long for a file, a folder that may not be entered
        return False


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` file. Pickled objects in it are refused: reading them would run code."""
    try:
        with path.open("rb") as file:
            if not is_zipfile(file):
                raise ValueError("it is not a zip of arrays")
            with np.load(file, allow_pickle=False) as arrays:
                return {key: arrays[key] for key in arrays.files}
    except Exception as error:  # zipfile and NumPy raise a dozen kinds over a damaged file
        if "Object arrays" in str(error):
            raise GradatimError(
                f"{path} holds pickled objects, which are never read; save plain arrays instead"
            ) from error
        raise GradatimError(f"{path} is damaged or not an .npz file: {error}") from error

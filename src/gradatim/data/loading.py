"""From a name, a file or an object to a Dataset."""

import zipfile
import zlib
from pathlib import Path
from typing import Any

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
    if not path.exists():
        if path.suffix or len(path.parts) > 1:
            raise UsageError(f"there is no file {path}")
        raise UsageError(f"unknown data {str(path)!r}: {did_you_mean(str(path), catalog.names('dataset'))}")
    if path.is_dir():
        raise UsageError(f"{path} is a folder; this version learns from .npz files and names such as digits")
    if path.suffix.lower() != ".npz":
        raise UsageError(f"{path} is not an .npz file, which is what this version reads")
    arrays = read_npz(path)
    dataset = from_mapping(arrays, target, str(path))
    fields = {**dataset.__dict__, "name": path.stem, "source": {"path": str(path.resolve()), "target": target}}
    fields.pop("fingerprint", None)
    return Dataset(**fields)


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` file. Pickled objects in it are refused: reading them would run code."""
    try:
        with np.load(path, allow_pickle=False) as file:
            if isinstance(file, np.ndarray):
                raise GradatimError(f"{path} is a single array, not an .npz of named arrays")
            return {key: file[key] for key in file.files}
    except (OSError, ValueError, KeyError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error) as error:
        if "allow_pickle" in str(error) or "Object arrays" in str(error):
            raise GradatimError(
                f"{path} holds pickled objects, which are never read; save plain arrays instead"
            ) from error
        raise GradatimError(f"{path} is damaged or not an .npz file: {error}") from error

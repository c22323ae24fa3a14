"""Files of NumPy, `.npy` and `.npz`: plain arrays only, and none larger than the file that holds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import ZipFile, is_zipfile

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.unpacking import check_size

MAGIC = np.lib.format.MAGIC_PREFIX
HEADERS: dict[Any, Any] = {  # by the version of the format; 3.0 is for fields with names
    (1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0,
}  # fmt: skip


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` file, which say together, before they are unpacked, how large they are.

    Raises GradatimError for a file that is damaged, takes more than half of the machine's memory, or holds
    pickled objects: reading them would run code.
    """
    with _refusals(path, ".npz"), path.open("rb") as file:
        if not is_zipfile(file):
            raise ValueError("it is not a zip of arrays")
        with ZipFile(file) as archive:
            members = {info.filename: info.file_size for info in archive.infolist()}
            check_size(sum(members.values()), f"{path}, unpacked,")
            found = {}
            for name, size in members.items():
                with archive.open(name) as member:
                    array = _array(member, size)  # type: ignore[arg-type]
                if array is not None:
                    found[name.removesuffix(".npy")] = array
            return found


def read_npy(path: Path) -> np.ndarray:
    """The array of an `.npy` file; GradatimError as `read_npz` raises it."""
    with _refusals(path, ".npy"), path.open("rb") as file:
        size = path.stat().st_size
        check_size(size, str(path))
        array = _array(file, size)
        if array is None:
            raise ValueError("it does not begin as one")
        return array


def _array(file: BinaryIO, size: int) -> np.ndarray | None:
    """The array in a file of `size` bytes, all that its header may promise; None for another file."""
    if file.read(len(MAGIC)) != MAGIC:
        return None
    file.seek(0)
    version = np.lib.format.read_magic(file)
    if version not in HEADERS:
        raise ValueError("the version of its format is {}.{}".format(*version))
    shape, _, dtype = HEADERS[version](file)
    promised, rest = prod(shape) * dtype.itemsize, size - file.tell()
    if promised > rest and not dtype.hasobject:
        raise ValueError(f"its header promises {promised:,} bytes, and {max(rest, 0):,} are there")
    file.seek(0)
    return np.lib.format.read_array(file, allow_pickle=False)


@contextmanager
def _refusals(path: Path, kind: str) -> Iterator[None]:
    """Whatever reading raises, as one sentence: zipfile and NumPy raise a dozen kinds over a damaged file."""
    try:
        yield
    except GradatimError:
        raise
    except MemoryError as error:
        raise GradatimError(f"{path} does not fit in memory") from error
    except Exception as error:
        if "Object arrays" in str(error):
            raise GradatimError(
                f"{path} holds pickled objects, which are never read; save plain arrays instead"
            ) from error
        raise GradatimError(f"{path} is damaged or not an {kind} file: {error}") from error

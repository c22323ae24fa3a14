"""Files of NumPy, `.npy` and `.npz`: plain arrays only, and none larger than the file that holds it."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from zipfile import ZIP_STORED, ZipFile, ZipInfo, is_zipfile

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.unpacking import check_size

MAGIC = np.lib.format.MAGIC_PREFIX
HEADERS: dict[Any, Any] = {  # by the version of the format; 3.0 is for fields with names
    (1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0,
}  # fmt: skip
LOCAL_HEAD = 30  # bytes of a member's head in a zip, before its name


class Head(NamedTuple):
    """What stands before an array's numbers, and how many bytes that takes."""

    shape: tuple[int, ...]
    by_columns: bool  # Fortran's order
    dtype: np.dtype
    length: int


def read_npz(path: Path) -> dict[str, np.ndarray]:
    """The arrays of an `.npz` file, which say together, before they are unpacked, how large they are.

    Raises GradatimError for a file that is damaged, takes more than half of the machine's memory, or holds
    pickled objects: reading them would run code.
    """
    with _members(path) as (archive, members, _):
        check_size(sum(one.file_size for one in members.values()), f"{path}, unpacked,")
        found = {}
        for name, info in members.items():
            with archive.open(info) as member:
                array = _array(member, info.file_size)  # type: ignore[arg-type]
            if array is not None:
                found[name] = array
        return found


def look_at_npz(path: Path) -> dict[str, np.ndarray]:
    """Arrays of the same types and shapes, all zero and without memory of their own, of which the file's
    heads alone are read; GradatimError where these are no arrays'.
    """
    with _members(path) as (archive, members, _):
        heads = {}
        for name, info in members.items():
            with archive.open(info) as member:
                heads[name] = _head(member, info.file_size)  # type: ignore[arg-type]
        return {
            name: np.broadcast_to(np.zeros((), head.dtype), head.shape)
            for name, head in heads.items() if head is not None
        }  # fmt: skip


def read_npz_row(path: Path, name: str, row: int) -> np.ndarray:
    """One row (1, …) of an array, with which nothing else is held in memory.

    It is found at once where the file is not compressed; else what stands before it is unpacked. Raises
    GradatimError as `read_npz` does, and where there is no such row.
    """
    with _members(path) as (archive, members, file):
        info = members[name]
        with archive.open(info) as member:
            head = _head(member, info.file_size)  # type: ignore[arg-type]
            if head is None or not head.shape or not 0 <= row < head.shape[0]:
                raise ValueError(f"{name} has no row {row}")
            if head.by_columns:
                return np.lib.format.read_array(_again(member), allow_pickle=False)[row : row + 1]
            size = prod(head.shape[1:]) * head.dtype.itemsize
            at, source = head.length + row * size, member
            if info.compress_type == ZIP_STORED:
                at, source = at + _start_of(info, file), file
            source.seek(at)
            return np.frombuffer(source.read(size), head.dtype).reshape(1, *head.shape[1:])


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
    return None if _head(file, size) is None else np.lib.format.read_array(_again(file), allow_pickle=False)


def _head(file: BinaryIO, size: int) -> Head | None:
    """The head of the array in a file of `size` bytes, no more than which it may promise; None for another
    file.
    """
    if file.read(len(MAGIC)) != MAGIC:
        return None
    version = np.lib.format.read_magic(_again(file))
    if version not in HEADERS:
        raise ValueError("the version of its format is {}.{}".format(*version))
    shape, by_columns, dtype = HEADERS[version](file)
    if dtype.hasobject:
        raise ValueError("Object arrays are pickled")
    promised, rest = prod(shape) * dtype.itemsize, size - file.tell()
    if promised > rest:
        raise ValueError(f"its header promises {promised:,} bytes, and {max(rest, 0):,} are there")
    return Head(shape, by_columns, dtype, file.tell())


def _again(file: Any) -> Any:
    """The file from its beginning."""
    file.seek(0)
    return file


def _start_of(info: ZipInfo, file: BinaryIO) -> int:
    """Where a member's bytes begin in the archive: behind its local head, a name and an extra field."""
    file.seek(info.header_offset + LOCAL_HEAD - 4)
    name, extra = (int.from_bytes(file.read(2), "little") for _ in range(2))
    return info.header_offset + LOCAL_HEAD + name + extra


@contextmanager
def _members(path: Path) -> Iterator[tuple[ZipFile, dict[str, ZipInfo], BinaryIO]]:
    """An archive, what is in it by its name, and the file that it is; whatever is wrong in one sentence."""
    with _refusals(path, ".npz"), path.open("rb") as file:
        if not is_zipfile(file):
            raise ValueError("it is not a zip of arrays")
        with ZipFile(file) as archive:
            yield archive, {one.filename.removesuffix(".npy"): one for one in archive.infolist()}, file


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

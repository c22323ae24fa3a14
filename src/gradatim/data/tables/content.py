"""The bytes of a table: from a file or a stream, unpacked, and whole."""

import gzip
import os
import stat
import zlib
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from gradatim.checks import GradatimError, UsageError

GZIP = b"\x1f\x8b"
AT_ONCE = 1 << 24  # bytes
FORMATS = {  # what other files begin with, and what their owner can do
    b"PK\x03\x04": "a spreadsheet or another zip file: save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet: save the sheet as CSV",
    b"%PDF": "a PDF: save the table as CSV",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database: write the table out as CSV",
    b"BZh": "packed with bzip2: unpack it first",
    b"\xfd7zXZ": "packed with xz: unpack it first",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it first",
}


def read_content(source: str | Path | bytes | BinaryIO) -> tuple[bytes, str]:
    """The bytes of a file, a stream or bytes themselves, gunzipped where they are packed; and their name.

    Raises UsageError for what is not a file, GradatimError for one that cannot be read, is cut, changes while
    it is read, is of a format that holds no table, or takes more than half of the machine's memory.
    """
    if isinstance(source, bytes):
        content, name = source, "the data"
    elif isinstance(source, str | Path):
        content, name = _read_file(Path(source)), str(source)
    else:
        content, name = source.read(), "standard input"
    if content[:2] == GZIP:
        content = _unpacked(content, name)
    for start, what in FORMATS.items():
        if content.startswith(start):
            raise GradatimError(f"{name} is {what}")
    return content, name


def _read_file(path: Path) -> bytes:
    """A file's bytes, if it is as long and as old afterwards as it was before."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise UsageError(f"{path} is a folder; name a file in it")
        if not stat.S_ISREG(kind):
            raise UsageError(f"{path} is not a file; a stream is read from standard input, as -")
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            _check_size(before.st_size, str(path))
            content = file.read()
            after = os.fstat(file.fileno())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"there is no file {path}") from error
    except UsageError:
        raise
    except (OSError, ValueError) as error:  # a name that is too long, or holds a NUL
        raise GradatimError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(
        content
    ) != after.st_size:
        raise GradatimError(f"{path} changed while it was read; try again when nothing writes to it")
    return content


def _unpacked(content: bytes, name: str) -> bytes:
    """What gzip has packed, read in pieces so that no file can fill the memory."""
    parts, size = [], 0
    try:
        with gzip.open(BytesIO(content)) as file:
            while part := file.read(AT_ONCE):
                parts.append(part)
                size += len(part)
                _check_size(size, f"{name}, unpacked,")
    except (OSError, EOFError, zlib.error) as error:
        raise GradatimError(f"{name} is a damaged gzip file: {error}") from error
    return b"".join(parts)


def _check_size(size: int, name: str) -> None:
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return
    if size > memory // 2:
        raise GradatimError(
            f"{name} has {size / 1e9:.1f} GB, which is more than half of this machine's memory; split it"
        )

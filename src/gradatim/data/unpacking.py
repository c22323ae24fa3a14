"""The bytes of a file or a stream, unpacked where gzip packed them, and never more than memory can hold."""

import gzip
import os
import stat
import zlib
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import BinaryIO

from gradatim.checks import GradatimError, UsageError
from gradatim.device import memory

GZIP = b"\x1f\x8b"
AT_ONCE = 1 << 24  # bytes


def read_file(path: Path, each: int = 1) -> bytes:
    """A file's bytes, gunzipped where they are packed; each will take `each` bytes of memory.

    Raises UsageError for what is not a file, GradatimError for one that cannot be read, is cut, changes while
    it is read, or takes more than half of the machine's memory.
    """
    return unpack(_read_plain(path, each), str(path), each)


def read_stream(stream: BinaryIO | BufferedIOBase, name: str, each: int = 1) -> bytes:
    """All that a stream gives, read in pieces so that nothing can fill the memory."""
    whole = BytesIO()
    try:
        while piece := stream.read(AT_ONCE):
            whole.write(piece)
            check_size(whole.tell(), name, each)
        return whole.getvalue()
    except MemoryError:
        raise GradatimError(f"{name} does not fit in memory") from None


def unpack(content: bytes, name: str, each: int = 1) -> bytes:
    """The content itself, or what gzip has packed in it."""
    if not content.startswith(GZIP):
        return content
    try:
        with gzip.open(BytesIO(content)) as file:
            return read_stream(file, f"{name}, unpacked,", each)
    except (OSError, EOFError, zlib.error) as error:
        raise GradatimError(f"{name} is a damaged gzip file: {error}") from error


def check_size(size: int, name: str, each: int = 1) -> None:
    """GradatimError for bytes that take more than half of the machine's memory, `each` for every one."""
    most = memory()
    if most is not None and size * each > most // 2:
        which = "is" if each == 1 else f"takes {each} times as much when it is read:"
        raise GradatimError(
            f"{name} has {size / 1e9:.1f} GB, which {which} more than half of this machine's memory; split it"
        )


def _read_plain(path: Path, each: int) -> bytes:
    """A file's bytes, if it is as long and as old afterwards as it was before."""
    try:
        kind = path.stat().st_mode
        if stat.S_ISDIR(kind):
            raise UsageError(f"{path} is a folder; name a file in it")
        if not stat.S_ISREG(kind):
            raise UsageError(f"{path} is not a file; a stream is read from standard input, as -")
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            check_size(before.st_size, str(path), each)
            content = file.read()
            after = os.fstat(file.fileno())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"there is no file {path}") from error
    except UsageError:
        raise
    except MemoryError:
        raise GradatimError(f"{path} does not fit in memory") from None
    except (OSError, ValueError) as error:  # a name that is too long, or holds a NUL
        raise GradatimError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns) or len(
        content
    ) != after.st_size:
        raise GradatimError(f"{path} changed while it was read; try again when nothing writes to it")
    return content

"""Where compiled kernels are kept: code that runs again, so nobody but the user may have put it there.

The cache is `gradatim/kernels` in XDG_CACHE_HOME, or in ~/.cache. It is made for its user alone; a folder or
a file that belongs to somebody else, or that others may write to, is not used, and neither is a file that is
not what it was when it was kept: the digest of each stands beside it. Where there is no such cache, kernels
are kept in a folder of this process's own, which ends with it.
"""

import os
import shutil
import stat
import tempfile
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from time import time

from gradatim.checks import notice

FOR_ONE = 0o700  # permissions: everything for the user, nothing for others
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
WORKING = "gradatim-compiling-"  # begins the name of a temporary folder in which a compiler works
OLD = 3600.0  # seconds after which nobody is at work on a file any more


def find(name: str) -> Path | None:
    """A kept file, if it is the user's own and what it was when it was kept."""
    path = folder() / name
    try:
        if doubt := doubt_of(path):
            notice(f"{doubt}: it is not run, but made again")
            return None
        known = _digest(path).read_text(encoding="ascii").strip()
        return path if sha256(path.read_bytes()).hexdigest() == known else None
    except (OSError, UnicodeDecodeError):
        return None


def keep(name: str, content: bytes) -> Path:
    """Keep a file in the cache, or for this process where the cache cannot be written; the path.

    It is flushed to the disk and renamed, so that processes which keep the same file at the same time, or a
    crash, do no harm. Raises OSError where no file can be written at all.
    """
    where = folder()
    _sweep(where)
    try:
        return _keep(where / name, content)
    except OSError as error:
        if where == _private():
            raise
        return _keep(_instead(f"the cache {where} cannot be written: {error.strerror}") / name, content)


def folder() -> Path:
    """The cache, or a folder of this process's own where the cache is none; why is said once."""
    place = _place()
    if place is None:
        return _instead("there is no home folder to keep kernels in")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.mkdir(FOR_ONE, exist_ok=True)
        _close(place.parent)
        for one in (place.parent, place):
            if doubt := doubt_of(one, folder=True):
                return _instead(doubt)
        if stat.S_IMODE(place.stat().st_mode) != FOR_ONE:
            place.chmod(FOR_ONE)
    except OSError as error:
        return _instead(f"the cache {place} cannot be written: {error.strerror}")
    return place


def doubt_of(path: Path, folder: bool = False) -> str:
    """Why nothing in a file or folder is to be run, in words; empty for one that is fine or missing."""
    try:
        link, found = path.lstat(), path.stat()
    except FileNotFoundError:
        return ""
    if not (stat.S_ISDIR if folder else stat.S_ISREG)(found.st_mode):
        return f"{path} is not a {'folder' if folder else 'file'}"
    if not hasattr(os, "geteuid"):
        return ""
    if {link.st_uid, found.st_uid} != {os.geteuid()}:
        return f"{path} belongs to another user"
    if found.st_mode & OTHERS_WRITE:
        return f"others may write to {path}"
    return ""


def _place() -> Path | None:
    """Where the cache is, by the environment."""
    home = os.environ.get("XDG_CACHE_HOME")
    try:
        base = Path(home) if home and Path(home).is_absolute() else Path.home() / ".cache"
    except RuntimeError:
        return None
    return base / "gradatim" / "kernels" if base.is_absolute() else None


def _close(folder: Path) -> None:
    """Let others no longer write into a folder of the user's, which data sets lie in, too."""
    mode = folder.stat().st_mode
    if mode & OTHERS_WRITE and not folder.is_symlink():
        with suppress(OSError):
            folder.chmod(stat.S_IMODE(mode) & ~OTHERS_WRITE)


def _sweep(cache: Path) -> None:
    """Remove what a killed process left behind, when it is old, in the cache and among temporary files."""
    temporary = Path(tempfile.gettempdir())
    for folder, pattern in ((cache, ".writing-*"), (cache, ".compiling-*"), (temporary, f"{WORKING}*")):
        for leftover in folder.glob(pattern):
            with suppress(OSError):
                if time() - leftover.lstat().st_mtime > OLD and not doubt_of(leftover, leftover.is_dir()):
                    shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()


def _instead(why: str) -> Path:
    """The folder of this process, and once in words why."""
    notice(f"{why}; kernels are compiled into a temporary folder, again in every process")
    return _private()


@cache
def _private() -> Path:
    """A folder for this process's kernels, which goes with it."""
    import atexit

    made, process = Path(tempfile.mkdtemp(prefix="gradatim-kernels-")), os.getpid()

    def remove() -> None:
        if os.getpid() == process:  # and not a child of it
            shutil.rmtree(made, ignore_errors=True)

    atexit.register(remove)
    return made


def _digest(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _keep(path: Path, content: bytes) -> Path:
    """The file, then its digest: between the two it is found damaged and made again."""
    _write(path, content)
    _write(_digest(path), sha256(content).hexdigest().encode() + b"\n")
    return path


def _write(path: Path, content: bytes) -> None:
    """A file that is whole or not there, and nobody else's to read."""
    handle, temporary = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise

"""Files that are whole or not there: atomic writes, locks and format versions."""

import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from gradatim.checks import GradatimError, UsageError

FORMAT = 2  # of config.json, model.json, metrics.jsonl and the checkpoint
LOCK = ".lock"  # an empty file, whoever holds which writes in its folder
TEMPORARY = ".writing-"  # begins the name of a file that is not finished


class CannotWrite(GradatimError):
    """A file cannot be written: a full disk, a limit, no permission. What was there is as it was."""


class NewerFormat(GradatimError):
    """A file of a newer version, which is never written over."""


def write(path: str | Path, content: bytes | str) -> None:
    """Write a file so that a reader, a crash or a full disk sees the old or the new one, never half.

    The content goes to a temporary name beside it, is flushed to the disk, and is renamed; then the folder is
    flushed. On failure the temporary is removed and the old file is as it was.

    Raises CannotWrite naming the file and the reason.
    """
    path = Path(path)
    # Half a character, from a file name that is not UTF-8, becomes its escape, which JSON reads back
    data = content.encode(errors="backslashreplace") if isinstance(content, str) else content
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
        temporary = None
        flush_folder(path.parent)
    except (OSError, ValueError) as error:  # a name that holds a NUL
        raise CannotWrite(f"cannot write {path}: {getattr(error, 'strerror', None) or error}") from error
    finally:
        if temporary is not None:
            with suppress(OSError):
                Path(temporary).unlink()


def exists(path: str | Path) -> bool:
    """Whether a file or folder of this name is there; one that no file can have is not."""
    try:
        return Path(path).exists()
    except OSError:  # a name that is too long for a file, a folder that may not be entered
        return False


def is_folder(path: str | Path) -> bool:
    """Whether a folder of this name is there; one that no folder can have is not."""
    return exists(path) and Path(path).is_dir()


def refuse_existing(path: Path, force: bool) -> None:
    """Raise UsageError where something stands already, unless it may be written over."""
    if not force and os.path.lexists(path):
        raise UsageError(f"{path} exists already: --force writes over it, --out names another file")


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """A refusal of the system to write to a path, as CannotWrite."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(f"cannot write {path}: {error.strerror or error}") from error


def move(source: Path, target: Path) -> None:
    """Give a whole file another file's name and place, for good. Raises CannotWrite."""
    with refusals(target):
        source.replace(target)
        flush_folder(target.parent)


def refuse_strange(path: Path) -> None:
    """GradatimError for a link, which would lead elsewhere, and for what is no file; nothing is no error."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise GradatimError(f"cannot read {path}: {error.strerror or error}") from error
    if stat.S_ISLNK(mode):
        raise GradatimError(f"{path} is a link, which is not followed: put the file itself in its place")
    if not stat.S_ISREG(mode):
        raise GradatimError(f"{path} is not a file")


def flush_folder(folder: Path) -> None:
    """Make a rename inside a folder durable, where the system lets a folder be opened."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _umask() -> int:
    """The permissions that new files do not get; there is no way to read it but to set it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def sweep(folder: Path) -> None:
    """Remove what a killed writer left behind. Only the holder of the folder's lock may call it."""
    for leftover in folder.glob(f"{TEMPORARY}*"):
        with suppress(OSError):
            leftover.unlink()


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold a folder: one writer at a time. The system lets go when the process ends, however it ends.

    Raises GradatimError when another process holds it, or when the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    place = folder / LOCK
    refuse_strange(place)
    if place.exists() and place.stat().st_size:
        raise GradatimError(f"{place} is no lock: it is not empty; take it out of the folder")
    holder = FileLock(place)
    try:
        holder.acquire(timeout=0)
    except Timeout as error:
        raise GradatimError(
            f"another process is writing {folder}; wait for it, or name another folder with --out"
        ) from error
    except OSError as error:
        raise GradatimError(f"cannot write {folder}: {error.strerror or error}") from error
    try:
        sweep(folder)
        yield
    finally:
        holder.release()


def write_json(path: str | Path, content: dict[str, Any]) -> None:
    """Write a JSON file that carries the format's number."""
    write(path, json.dumps({"format": FORMAT, **content}, indent=1, ensure_ascii=False) + "\n")


def read_json(path: str | Path, what: str) -> dict[str, Any]:
    """Read a JSON file written by Gradatim.

    Raises GradatimError in one sentence for a missing, truncated, foreign or newer file.
    """
    return check_format(_json(Path(path), what), path, what)


def read_any_json(path: str | Path, what: str) -> dict[str, Any]:
    """Read a JSON file that holds an object, a person's or Gradatim's own; GradatimError for another."""
    content = _json(Path(path), what)
    if not isinstance(content, dict):
        raise GradatimError(f"{path} must hold an object, as a {what} does: {{…}}")
    return content


def _json(path: Path, what: str) -> Any:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise GradatimError(f"there is no {what} at {path}") from error
    except (OSError, ValueError) as error:  # not UTF-8, a name that holds a NUL
        raise GradatimError(f"cannot read the {what} {path}: {error}") from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GradatimError(f"{path} is not a {what}, or is damaged: {error}") from error


def check_format(content: object, path: str | Path, what: str, newest: int = FORMAT) -> dict[str, Any]:
    """The content, if it says a format that this version reads: up to the `newest` of such files."""
    number = content.get("format") if isinstance(content, dict) else None
    if not isinstance(content, dict) or isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise GradatimError(f'{path} is not a {what} of Gradatim: it carries no "format" number')
    if number > newest:
        raise NewerFormat(
            f"{path} has format {number}, and this version of Gradatim reads up to {newest}: update Gradatim"
        )
    return content

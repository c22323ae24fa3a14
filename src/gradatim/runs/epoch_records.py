"""`metrics.jsonl`: one line an epoch, the first of which carries the format's number."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from gradatim import files
from gradatim.checks import GradatimError
from gradatim.files import FORMAT, check_format
from gradatim.runs.file_forms import check_epochs

NO_LINK = getattr(os, "O_NOFOLLOW", 0)


class Metrics:
    """The file of records, open for adding.

    A crash leaves at most a part of its last line, cut off on resume.
    """

    def __init__(self, path: Path, length: int = 0):
        """Open the file and cut it back to `length` bytes: what its checkpoint remembers.

        It is read and checked before it is cut; a link is not followed, and another name that the same file
        has elsewhere keeps all of it.
        """
        self.path, self.length = path, length
        content = _content(path)
        kept = content[:length]
        if len(content) < length:
            raise GradatimError(
                f"{path} is shorter than its checkpoint remembers ({len(content)} bytes of {length}); "
                "records were removed from it, so the run cannot go on from here"
            )
        if kept and not kept.endswith(b"\n"):
            raise GradatimError(f"{path} is not the file that its checkpoint remembers: it was changed")
        _records(kept, path)
        with files.refusals(path):
            if kept != content or (path.exists() and path.lstat().st_nlink > 1):
                files.write(path, kept)
            handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | NO_LINK, 0o666)
            self._file = os.fdopen(handle, "ab")

    def add(self, record: dict[str, Any]) -> None:
        """Write one line."""
        first = {"format": FORMAT} if self.length == 0 else {}
        line = (json.dumps({**first, **record}) + "\n").encode()
        with files.refusals(self.path):
            self._file.write(line)
            self._file.flush()
        self.length += len(line)

    def secure(self) -> int:
        """Flush to the disk; the file's length in bytes, for the checkpoint."""
        with files.refusals(self.path):
            os.fsync(self._file.fileno())
        return self.length

    def close(self) -> None:
        """Close the file; what could not be written has been reported by then."""
        with suppress(OSError):
            self._file.close()


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """The records of a run, of learning in stages those of the last; a part of a line at the end, which a
    crash can leave, is passed over.
    """
    return [record for record in read_all(path) if "stage" not in record]


def read_stages(path: Path) -> list[dict[str, Any]]:
    """The records of the stages before the last, each with its `stage`."""
    return [record for record in read_all(path) if "stage" in record]


def read_all(path: Path) -> list[dict[str, Any]]:
    """The records of every stage, in their order."""
    return _records(_content(path), path)


def _content(path: Path) -> bytes:
    files.refuse_strange(path)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise GradatimError(f"cannot read {path}: {error.strerror or error}") from error


def _records(content: bytes, path: Path) -> list[dict[str, Any]]:
    """The records of all lines that have an end."""
    try:
        lines = content[: content.rfind(b"\n") + 1].decode().split("\n")
    except UnicodeDecodeError as error:
        raise GradatimError(f"cannot read {path}: {error}") from error
    records = []
    for number, line in enumerate(lines[:-1], 1):
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise GradatimError(f"{path}, line {number}, is damaged: {error}") from error
        if not isinstance(record, dict):
            raise GradatimError(f"{path}, line {number}, is damaged: it holds no record")
        records.append(record)
    if records:
        check_format(records[0], path, "record of a run")
        records[0] = {key: value for key, value in records[0].items() if key != "format"}
    check_epochs(records, path)
    return records


def best_epoch(records: list[dict[str, Any]]) -> int | None:
    """The epoch with the lowest validation loss, the first of equals; None without validation."""
    measured = [record for record in records if "valid_loss" in record]
    return min(measured, key=lambda record: record["valid_loss"])["epoch"] if measured else None


def kept_epoch(config: dict[str, Any], records: list[dict[str, Any]]) -> int | None:
    """The best epoch, where its weights are the network's; None where those of the last are, and of an
    ensemble, whose members keep an epoch each.
    """
    several = (config["network"]["entry"] or {}).get("name") == "ensemble"
    return None if several or config["settings"].get("keep") == "last" else best_epoch(records)

"""`metrics.jsonl`: one line an epoch, the first of which carries the format's number."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from gradatim.checks import GradatimError
from gradatim.files import FORMAT, CannotWrite, check_format


class Metrics:
    """The file of records, open for adding.

    A crash leaves at most a part of its last line, cut off on resume.
    """

    def __init__(self, path: Path, length: int = 0):
        """Open the file and cut it back to `length` bytes: what its checkpoint remembers."""
        self.path = path
        try:
            there = path.stat().st_size if path.exists() else 0
            if there < length:
                raise GradatimError(
                    f"{path} is shorter than its checkpoint remembers ({there} bytes of {length}); records "
                    "were removed from it, so the run cannot go on from here"
                )
            self._file = path.open("ab")
            self._file.truncate(length)
            self.length = length
        except OSError as error:
            raise CannotWrite(f"cannot write {path}: {error.strerror}") from error

    def add(self, record: dict[str, Any]) -> None:
        """Write one line."""
        first = {"format": FORMAT} if self.length == 0 else {}
        line = (json.dumps({**first, **record}) + "\n").encode()
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            raise CannotWrite(f"cannot write {self.path}: {error.strerror}") from error
        self.length += len(line)

    def secure(self) -> int:
        """Flush to the disk; the file's length in bytes, for the checkpoint."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise CannotWrite(f"cannot write {self.path}: {error.strerror}") from error
        return self.length

    def close(self) -> None:
        """Close the file; what could not be written has been reported by then."""
        with suppress(OSError):
            self._file.close()


def read_metrics(path: Path) -> list[dict[str, Any]]:
    """The records of a run; a part of a line at the end, which a crash can leave, is passed over."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as error:
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
    return records


def best_epoch(records: list[dict[str, Any]]) -> int | None:
    """The epoch with the lowest validation loss, the first of equals; None without validation."""
    measured = [record for record in records if "valid_loss" in record]
    return min(measured, key=lambda record: record["valid_loss"])["epoch"] if measured else None

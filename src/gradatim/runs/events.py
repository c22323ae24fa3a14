"""TensorBoard's view of a run: its records as scalars, a step for each epoch (the extra `tensorboard`)."""

from datetime import datetime, timedelta
from pathlib import Path
from time import time
from typing import Any

from gradatim.checks import UsageError
from gradatim.files import CannotWrite

NAMED = {"train_loss": "train/loss", "lr": "lr", "seconds": "seconds"}
SCALARS = (int, float)


def scalars(record: dict[str, Any]) -> dict[str, float]:
    """The numbers of a record, under the names that they are drawn by.

    >>> scalars({"epoch": 1, "step": 10, "train_loss": 0.5, "valid_accuracy": 0.9, "sample": "the"})
    {'train/loss': 0.5, 'valid/accuracy': 0.9}
    """
    stage = f"{record['stage']}/" if "stage" in record else ""
    named = {name: NAMED.get(name, name.replace("valid_", "valid/", 1)) for name in record}
    return {
        f"{stage}{tag}": float(record[name])
        for name, tag in named.items()
        if isinstance(record[name], SCALARS) and (name in NAMED or tag.startswith("valid/"))
    }


def check_tensorboard() -> None:
    """UsageError where the extra is not installed."""
    from importlib.util import find_spec

    if find_spec("tensorboard") is None:
        raise UsageError("tensorboard is not installed; it is an extra: pip install 'gradatim[tensorboard]'")


class Events:
    """The event file of a run, a function of its records, so that it always says what `metrics.jsonl` says.

    It is begun anew from the records so far: what a resumed run does again stands in it once. An epoch's time
    is when the run was created and the seconds of the epochs up to it.
    """

    def __init__(self, folder: Path, records: list[dict[str, Any]], created: str):
        from tensorboard.compat.proto.event_pb2 import Event, SourceMetadata
        from tensorboard.summary.writer.record_writer import RecordWriter

        self.time = datetime.fromisoformat(created)
        self.path = folder / f"events.out.tfevents.{int(time())}.gradatim"
        try:
            folder.mkdir(exist_ok=True)
            for old in folder.glob("events.out.tfevents.*.gradatim"):
                old.unlink()
            self._file = self.path.open("wb")
        except OSError as error:
            raise CannotWrite(f"cannot write {self.path}: {error.strerror}") from error
        self._writer = RecordWriter(self._file)
        written_by = SourceMetadata(writer="gradatim.runs.events")
        self._write(Event(file_version="brain.Event:2", source_metadata=written_by))
        for record in records:
            self.add(record)

    def add(self, record: dict[str, Any]) -> None:
        """Write one record's scalars."""
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        self.time += timedelta(seconds=record.get("seconds", 0.0))
        values = [Summary.Value(tag=tag, simple_value=value) for tag, value in scalars(record).items()]
        self._write(Event(step=record["epoch"], summary=Summary(value=values)))

    def _write(self, event: Any) -> None:
        event.wall_time = self.time.timestamp()
        try:
            self._writer.write(event.SerializeToString())
            self._file.flush()
        except OSError as error:
            raise CannotWrite(f"cannot write {self.path}: {error.strerror}") from error

    def close(self) -> None:
        """Close the file."""
        self._file.close()

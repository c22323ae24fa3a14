"""Progress on stderr: one live line on a terminal, one line an epoch in a log."""

import sys
from contextlib import suppress
from types import TracebackType
from typing import Any

from gradatim.printable import inner_stream, printable
from gradatim.training.record import Record

REFRESH = 0.1  # seconds between two looks at training on a terminal


class Display:
    """Shows training as it goes; `quiet` shows nothing. Results are not its business: they go to stdout."""

    def __init__(self, quiet: bool):
        self.quiet = quiet
        self.live = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._progress: Any = None
        self._task: Any = None

    def __enter__(self) -> "Display":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def say(self, text: str) -> None:
        """One line that stays."""
        if self.quiet:
            return
        if self._progress is not None:
            self._progress.console.print(printable(text), markup=False, highlight=False)
        else:
            with suppress(OSError, ValueError):  # a log on a full disk, or closed: training goes on
                print(printable(text), file=sys.stderr, flush=True)

    def show(self, done: float, epochs: int, record: Record | None) -> None:
        """How many epochs are done, parts included, and the record of one that has just ended."""
        if self.live:
            self._update(done, epochs, record)
        elif record is not None:
            self.say(str(record))

    def _update(self, done: float, epochs: int, record: Record | None) -> None:
        if self._progress is None:
            self._open(epochs)
        self._progress.update(self._task, completed=done, total=epochs)
        if record is not None:
            self._progress.update(self._task, facts=str(record).split("  ", 1)[1].rsplit("  ", 1)[0])

    def _open(self, epochs: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("epoch {task.completed:.0f}/{task.total:.0f}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[facts]}"),
            TimeRemainingColumn(compact=True),
            console=Console(file=inner_stream(sys.stderr), stderr=True),
        )
        self._task = self._progress.add_task("", total=epochs, facts="")
        self._progress.start()

    def close(self) -> None:
        """Leave the live line as it is and end it."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

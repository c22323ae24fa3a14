"""Progress on stderr: one live line on a terminal, some twenty lines in a log."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from time import perf_counter
from types import TracebackType
from typing import Any

from gradatim.jobs.thinning import EpochLines
from gradatim.printable import inner_stream, printable
from gradatim.training.record import Record, as_text

REFRESH = 0.1  # seconds between two looks at training on a terminal
LONG = 2.0  # seconds, from which an epoch under way shows its loss so far


class Display:
    """Shows training as it goes; `quiet` shows nothing. Results are not its business: they go to stdout."""

    def __init__(self, quiet: bool):
        self.quiet = quiet
        self.live = not quiet and sys.stderr is not None and sys.stderr.isatty()
        self._progress: Any = None
        self._task: Any = None
        self._began, self._facts = perf_counter(), ""  # the epoch under way, and what the last one was
        self._lines = EpochLines()

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

    @contextmanager
    def stage(self, what: str) -> Iterator[None]:
        """Say what is done after training, and when it is done how long it took, on one line."""
        self._write(f"{what} …")
        began, end = perf_counter(), ""
        try:
            yield
            end = f" {perf_counter() - began:.1f} s"
        finally:
            self._write(f"{end}\n")

    def _write(self, text: str) -> None:
        """A part of a line, where no live line is open."""
        if not self.quiet:
            with suppress(OSError, ValueError):
                print(text, end="", file=sys.stderr, flush=True)

    def show(
        self,
        done: float,
        epochs: int,
        record: Record | None,
        so_far: Callable[[], float | None] | None = None,
        stage: str = "",
    ) -> None:
        """How many epochs are done, parts included, in all or of a stage, and the record of one that has
        just ended.

        On a terminal also the loss `so_far` of a long epoch that is under way; in a log a line for some
        epochs, and `finish` adds the last and the best.
        """
        if self.live:
            self._update(done, epochs, record, so_far, stage)
        elif record is not None and (line := self._lines.of(record, epochs)):
            self.say(line)

    def finish(self) -> None:
        """End the live line; in a log, say the last and the best epoch where they have no line."""
        self.close()
        for line in self._lines.rest():
            self.say(line)

    def _update(
        self, done: float, epochs: int, record: Record | None, so_far: Callable[[], float | None] | None,
        stage: str,
    ) -> None:  # fmt: skip
        if self._progress is None:
            self._open(epochs)
        self._progress.update(self._task, completed=done, total=epochs, stage=f"{stage}: " if stage else "")
        if record is not None:
            self._began = perf_counter()
            self._facts = str(record).split("  ", 1)[1].rsplit("  ", 1)[0]
            self._progress.update(self._task, facts=self._facts)
        elif so_far is not None and perf_counter() - self._began >= LONG:
            loss = so_far()
            if loss is not None:
                now = f"this epoch so far: train loss {as_text(loss)}"
                self._progress.update(self._task, facts="  ".join(filter(None, [self._facts, now])))

    def _open(self, epochs: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.fields[stage]}epoch {task.completed:.0f}/{task.total:.0f}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[facts]}"),
            TimeRemainingColumn(compact=True),
            console=Console(file=inner_stream(sys.stderr), stderr=True),
        )
        self._task = self._progress.add_task("", total=epochs, facts="", stage="")
        self._progress.start()

    def close(self) -> None:
        """Leave the live line as it is and end it."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

"""Standard output and error as they may be: closed, full, or not in UTF-8."""

import os
import sys
from contextlib import suppress
from typing import Any

from gradatim.printable import PrintableStream, inner_stream, printable


def prepare_streams() -> None:
    """Let whatever is printed be printed: what the encoding lacks, and what would steer a terminal, as its
    escape; without a stream nowhere.
    """
    for name in ("stdout", "stderr"):
        stream: Any = getattr(sys, name)
        if stream is None:  # it was closed before the program began
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
        if not isinstance(getattr(sys, name), PrintableStream):
            setattr(sys, name, PrintableStream(getattr(sys, name)))


def write_result(text: str) -> None:
    """Write data of the user's to standard output: to a file or a pipe as they are."""
    stream: Any = sys.stdout if sys.stdout.isatty() else inner_stream(sys.stdout)
    stream.write(text)


def complain(text: str) -> None:
    """One line on standard error, or nowhere where that cannot be written."""
    try:
        print(printable(text), file=sys.stderr, flush=True)
    except (OSError, ValueError):
        forget(sys.stderr)


def flush_errors() -> None:
    """Write what standard error still holds, or send it nowhere: a full disk is no failure of the job."""
    try:
        sys.stderr.flush()
    except (OSError, ValueError):
        forget(sys.stderr)


def forget(stream: Any) -> None:
    """Send what a stream still holds nowhere, so that Python does not complain at its end."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

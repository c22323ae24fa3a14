"""Standard output and error as they may be: closed, full, or not in UTF-8."""

import os
import sys
from contextlib import suppress
from typing import Any


def prepare_streams() -> None:
    """Let whatever is printed be printed: what the encoding lacks as its escape, without a stream nowhere."""
    for name in ("stdout", "stderr"):
        stream: Any = getattr(sys, name)
        if stream is None:  # it was closed before the program began
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def complain(text: str) -> None:
    """One line on standard error, or nowhere where that cannot be written."""
    try:
        print(text, file=sys.stderr, flush=True)
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

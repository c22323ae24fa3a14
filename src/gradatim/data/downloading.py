"""Downloading one file from one URL, by pooch."""

import sys
from contextlib import ExitStack
from hashlib import file_digest
from pathlib import Path
from typing import Any

from gradatim.checks import GradatimError
from gradatim.printable import inner_stream

AT_ONCE = 1 << 16  # bytes
DIGITS = 64  # of a whole SHA-256


class Unavailable(GradatimError):
    """A URL does not give the file; the message is the reason, in a few words."""


def download(url: str, path: Path, sha256: str) -> None:
    """Download a file whose SHA-256 is known, or begins so; on failure `path` is as it was.

    pooch writes to a temporary name beside it, checks, and renames; of a digest it knows only the whole, so
    with less of one the renaming is done here. The progress is shown on a terminal.
    Raises Unavailable, or OSError when the file cannot be written.
    """
    import pooch
    import requests

    pooch.get_logger().setLevel("WARNING")  # it would announce every file on stderr
    with ExitStack() as held:
        bar = held.enter_context(Bar(path.name)) if sys.stderr.isatty() else False
        by = pooch.HTTPDownloader(progressbar=bar, chunk_size=AT_ONCE)
        try:
            if len(sha256) == DIGITS:
                pooch.retrieve(url, f"sha256:{sha256}", path.name, path.parent, downloader=by)
            else:
                _retrieve(url, path, sha256, by)
        except requests.HTTPError as error:
            raise Unavailable(str(error).partition(" for url")[0]) from error
        except requests.Timeout as error:
            raise Unavailable("no answer") from error
        except requests.ConnectionError as error:
            raise Unavailable("no connection") from error
        except requests.RequestException as error:
            raise Unavailable("the transfer broke off") from error
        except ValueError as error:
            raise Unavailable("what it gives has another SHA-256 than the published file") from error


def _retrieve(url: str, path: Path, sha256: str, by: Any) -> None:
    """Download beside `path`, and rename when the digest begins as it should; ValueError when it does not."""
    unchecked = path.with_name(f"tmp-{path.name}")
    unchecked.unlink(missing_ok=True)
    try:
        by(url, str(unchecked), None)
        with unchecked.open("rb") as content:
            if not file_digest(content, "sha256").hexdigest().startswith(sha256):
                raise ValueError("the SHA-256 begins otherwise")
        unchecked.replace(path)
    finally:
        unchecked.unlink(missing_ok=True)


class Bar:
    """A line on stderr that pooch moves: it sets `total` and calls `update`, `reset` and `close`."""

    def __init__(self, name: str):
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(bar_width=24), DownloadColumn())
        self._progress = Progress(
            *columns, console=Console(file=inner_stream(sys.stderr), stderr=True), transient=True
        )
        self._task = self._progress.add_task(name, total=None)
        self.total = 0

    def __enter__(self) -> "Bar":
        self._progress.start()
        return self

    def __exit__(self, *_error: Any) -> None:
        self.close()

    def update(self, done: int) -> None:
        """So many bytes more."""
        self._progress.update(self._task, total=self.total or None, advance=done)

    def reset(self) -> None:
        """Back to none."""
        self._progress.reset(self._task)

    def close(self) -> None:
        """Take the line away."""
        self._progress.stop()

"""Pillow's warnings while pictures are read, by however many threads."""

import warnings
from threading import Lock
from typing import Any


class QuietPillow:
    """No warning while any thread reads; of more pixels than pillow believes an error.

    Filters of warnings belong to the process: the first thread to come sets them, and the last to go puts
    them back, so that no thread puts back what another has set.

    >>> with QUIET, QUIET:
    ...     warnings.warn("a palette with transparency", stacklevel=1)
    """

    def __init__(self) -> None:
        self._lock, self._readers = Lock(), 0
        self._before: Any = None

    def __enter__(self) -> None:
        with self._lock:
            self._readers += 1
            if self._readers > 1:
                return
            from PIL import Image

            self._before = warnings.catch_warnings()
            self._before.__enter__()
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._readers -= 1
            if not self._readers:
                self._before.__exit__(None, None, None)


QUIET = QuietPillow()

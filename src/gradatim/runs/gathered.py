"""Outputs of one part of the examples after the other as one array, on disk where memory would be filled."""

import os
import tempfile
from collections.abc import Iterable
from errno import ENOSPC
from itertools import chain
from math import prod

import numpy as np

from gradatim.checks import GradatimError
from gradatim.device import free_memory

SHARE = 0.25  # of the free memory, from which outputs are held on disk


def gathered(parts: Iterable[np.ndarray], n: int) -> np.ndarray:
    """The parts, N rows together, as one array; of one part the part itself.

    An array larger than a quarter of the free memory lies in a file without a name, in the folder for
    temporary files: it is gone with the array.

    >>> gathered(iter([np.zeros((2, 3)), np.ones((1, 3))]), 3)[:, 0].tolist()
    [0.0, 0.0, 1.0]

    Raises GradatimError where the disk has no room for it.
    """
    parts = iter(parts)
    first = next(parts)
    needed, free = n * first[:1].nbytes, free_memory()
    if len(first) == n or free is None or needed <= SHARE * free:
        rest = [*parts]
        return np.concatenate([first, *rest]) if rest else first
    whole, filled = _on_disk((n, *first.shape[1:]), first.dtype), 0
    for part in chain([first], parts):
        whole[filled : filled + len(part)] = part
        filled += len(part)
    return whole


def _on_disk(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    needed = prod(shape) * dtype.itemsize
    with tempfile.TemporaryFile(prefix="gradatim-outputs-") as file:
        try:  # a file with holes would fail only when they are written to, and by a signal
            _take(file.fileno(), needed)
        except OSError as error:
            if error.errno != ENOSPC:
                raise
            raise GradatimError(
                f"the outputs for {shape[0]:,} examples take {needed / 1e9:.1f} GB, for which neither memory "
                f"nor {tempfile.gettempdir()} has room; TMPDIR names another folder, fewer examples take less"
            ) from None
        return np.memmap(file, dtype, "r+", shape=shape)


def _take(file: int, size: int) -> None:
    """Give a file its size, the room on the disk with it where the system can."""
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file, 0, size)
    else:
        os.ftruncate(file, size)

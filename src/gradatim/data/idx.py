"""Files in the IDX format (LeCun, Cortes & Burges, "The MNIST database of handwritten digits")."""

from math import prod
from pathlib import Path
from struct import unpack

import numpy as np

from gradatim.checks import GradatimError
from gradatim.data.unpacking import read_file

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}  # the third byte
MOST_AXES = 64  # of an array of NumPy


def read_idx(path: str | Path) -> np.ndarray:
    """The array of an IDX file, plain or gzipped, in the machine's byte order; not to be written to.

        0, 0, type, d  |  n_1, …, n_d, four bytes each  |  n_1 · … · n_d values, the last axis fastest

    All numbers are big-endian. Raises GradatimError for a file that cannot be read, is of another format, or
    holds fewer or more bytes than its header says.
    """
    path = Path(path)
    content = read_file(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in TYPES:
        raise GradatimError(f"{path} is not an IDX file: it begins with the bytes {content[:4].hex(' ')!r}")
    dtype, axes = np.dtype(TYPES[content[2]]), content[3]
    start = 4 + 4 * axes
    if len(content) < start:
        raise GradatimError(f"{path} is damaged: it ends within its header, after {len(content)} bytes")
    shape = unpack(f">{axes}I", content[4:start])
    if not 1 <= axes <= MOST_AXES or not prod(shape):
        raise GradatimError(f"{path} holds no array: the shape in its header is {shape}")
    wanted, found = prod(shape) * dtype.itemsize, len(content) - start
    if found != wanted:
        promise = f"{' × '.join(map(str, shape))} values of type {dtype.name}"
        raise GradatimError(f"{path} is damaged: {promise} take {wanted} bytes, and it holds {found}")
    values = np.frombuffer(content, dtype, offset=start).reshape(shape)
    return values.astype(dtype.newbyteorder("="), copy=False)

"""The bytes of a table: from a file or a stream, unpacked, and whole."""

from pathlib import Path
from typing import BinaryIO

from gradatim.checks import GradatimError
from gradatim.data.unpacking import read_file, read_stream, unpack

FORMATS = {  # what other files begin with, and what their owner can do
    b"PK\x03\x04": "a spreadsheet or another zip file: save the sheet as CSV",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet: save the sheet as CSV",
    b"%PDF": "a PDF: save the table as CSV",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"SQLite format 3": "a database: write the table out as CSV",
    b"BZh": "packed with bzip2: unpack it first",
    b"\xfd7zXZ": "packed with xz: unpack it first",
    b"\x28\xb5\x2f\xfd": "packed with zstd: unpack it first",
}


def read_content(source: str | Path | bytes | BinaryIO) -> tuple[bytes, str]:
    """The bytes of a file, a stream or bytes themselves, gunzipped where they are packed; and their name.

    Raises UsageError for what is not a file, GradatimError for one that cannot be read, is cut, changes while
    it is read, is of a format that holds no table, or takes more than half of the machine's memory.
    """
    if isinstance(source, bytes):
        content, name = unpack(source, "the data"), "the data"
    elif isinstance(source, str | Path):
        content, name = read_file(Path(source)), str(source)
    else:
        content, name = unpack(read_stream(source, "standard input"), "standard input"), "standard input"
    for start, what in FORMATS.items():
        if content.startswith(start):
            raise GradatimError(f"{name} is {what}")
    return content, name

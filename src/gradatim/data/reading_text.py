"""Text files, read strictly: what is not text is refused in a sentence, never guessed at."""

from pathlib import Path

from gradatim.checks import GradatimError, UsageError
from gradatim.data.text import Text, text_of
from gradatim.data.unpacking import read_file
from gradatim.files import is_folder

SUFFIXES = (".txt", ".text")  # and the same with .gz behind
UTF16 = (b"\xff\xfe", b"\xfe\xff")
EACH = 12  # bytes of memory for a byte of a text: itself, its character, and the character's number


def is_text_file(path: str | Path) -> bool:
    """Whether a path is a text's by its name: book.txt, book.txt.gz.

    >>> is_text_file("book.txt.gz"), is_text_file("digits.npz")
    (True, False)
    """
    suffixes = [suffix.lower() for suffix in Path(path).suffixes]
    return bool(suffixes) and suffixes[-2 if suffixes[-1] == ".gz" else -1 :][0] in SUFFIXES


def read_text(path: str | Path) -> Text:
    """A text file in UTF-8, with or without a byte order mark, packed by gzip or not; line ends become \\n.

    Raises UsageError for a file that is not there, empty, or of one character only; GradatimError for one
    that is binary, damaged, not UTF-8, or too large for the memory.
    """
    path = Path(path)
    if is_folder(path):
        raise UsageError(f"{path} is a folder; a text is one file")
    try:
        return text_of(decode(read_file(path, EACH), path), path.name, {"path": str(path.resolve())})
    except MemoryError:
        raise GradatimError(f"{path} does not fit in memory") from None


def decode(content: bytes, path: Path) -> str:
    """Bytes as text; GradatimError naming the first byte that UTF-8 does not have there."""
    if content.startswith(UTF16):
        raise GradatimError(f"{path} is UTF-16; save it as UTF-8")
    if b"\0" in content:
        raise GradatimError(f"{path} is binary, not a text: byte {content.index(0):,} is zero")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise GradatimError(
            f"{path} is not UTF-8: line {line:,} has a byte {content[error.start]:02X} that cannot stand "
            "there; save it as UTF-8"
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")

"""Bytes of an unknown encoding as UTF-8 with line ends of one kind."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE, getincrementaldecoder

from gradatim.checks import GradatimError, UsageError

BOMS = (  # the longer ones first: UTF-32's begins with UTF-16's
    (BOM_UTF32_LE, "utf-32-le"),
    (BOM_UTF32_BE, "utf-32-be"),
    (BOM_UTF8, "utf-8"),
    (BOM_UTF16_LE, "utf-16-le"),
    (BOM_UTF16_BE, "utf-16-be"),
)
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "latin-1")
SAMPLE = 1 << 12
END = ord("\n")  # of a line, which in UTF-16 has a zero beside it
AT_ONCE = 1 << 22


def decode(content: bytes, name: str, encoding: str | None = None) -> tuple[bytes, str]:
    r"""The content as UTF-8 without a byte order mark, every line ending in \n; and its encoding.

    A byte order mark decides; without one, UTF-16 is known by the zeros beside its Latin letters and line
    ends, UTF-8 by holding nothing else, and everything else is Latin-1 as Windows extends it.

    Raises GradatimError for NUL characters, which no table has, and for bytes the encoding does not have.

    >>> decode(b"\xff\xfea\x00,\x00b\x00", "a.csv")
    (b'a,b', 'utf-16-le')
    """
    found = encoding or _sniffed(content)
    if found not in ENCODINGS:
        raise UsageError(f"encoding must be {' or '.join(ENCODINGS)}; it is {found!r}")
    for mark, of in BOMS:
        if of == found and content.startswith(mark):
            content = content[len(mark) :]
            break
    text = _as_utf8(content, found, name)
    if (place := text.find(b"\0")) >= 0:
        line = text.count(b"\n", 0, place) + 1
        raise GradatimError(f"{name} holds a NUL byte in line {line}: it is no text, or it is damaged")
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text, found


def _sniffed(content: bytes) -> str:
    """The encoding that the first bytes, or else all of them, speak for."""
    for mark, encoding in BOMS:
        if content.startswith(mark):
            return encoding
    head = content[: SAMPLE - SAMPLE % 2]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 8 and min(even, odd) == 0:
        letters, others = (head[0::2], head[1::2]) if odd else (head[1::2], head[0::2])
        if END not in others and all(not o for o, one in zip(others, letters, strict=False) if one == END):
            return "utf-16-le" if odd else "utf-16-be"
    return "utf-8" if content.isascii() or _is_utf8(content) else "latin-1"


def _is_utf8(content: bytes) -> bool:
    decoder = getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(content), AT_ONCE):
            decoder.decode(content[start : start + AT_ONCE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _as_utf8(content: bytes, encoding: str, name: str) -> bytes:
    if encoding == "utf-8" and (content.isascii() or _is_utf8(content)):
        return content
    if encoding == "latin-1":
        try:  # Windows puts letters and quotes where Latin-1 has control characters
            return content.decode("cp1252").encode()
        except UnicodeDecodeError:  # but for five bytes
            return content.decode("latin-1").encode()
    try:
        return content.decode(encoding).encode()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise GradatimError(f"{name} is not {encoding}: line {line} holds {error.reason}") from error
    except UnicodeEncodeError as error:
        raise GradatimError(f"{name} is not {encoding}: it holds half a character") from error

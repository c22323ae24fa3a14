"""A text cut into pieces of whole records, each record checked to have as many fields as the others."""

from collections.abc import Iterator

import numpy as np

from gradatim.checks import GradatimError

AT_ONCE = 1 << 23  # bytes
QUOTE, END, SPACE = ord('"'), ord("\n"), ord(" ")


def is_regular(content: bytes, delimiter: str, name: str) -> bool:
    """Whether every quote stands at the beginning or the end of a field, or is written twice within one.

    Raises GradatimError for one that is never closed.
    """
    if b'"' not in content:
        return True
    start = 0
    while start < len(content):
        end = _cut(content, start)
        part = np.frombuffer(content, np.uint8, end - start, start)
        inside = _inside(part)
        if inside is not None:
            if not _in_place(part, inside, (part == END) | (part == ord(delimiter))):
                return False
            if inside[-1]:
                line = content.count(b"\n", 0, content.rfind(b'"', start, end)) + 1
                raise GradatimError(f"{name}: the quote in line {line} is never closed")
        start = end
    return True


def pieces(content: bytes, delimiter: str, width: int, name: str, empty: int = 0) -> Iterator[bytes]:
    """Whole records of about 8 MB, without blank lines; every record has `width` fields.

    The content is regular. Raises GradatimError naming the line of a record that is wider or narrower; the
    last `empty` fields are not counted then.
    """
    start = 0
    while start < len(content):
        end = _cut(content, start)
        piece = _checked(content, start, end, ord(delimiter), width, name, empty)
        if piece:
            yield piece
        start = end


def end_every_record(content: bytes, delimiter: str) -> bytes:
    """The same with a delimiter behind the first record, if every other ends in one and the first does not.

    The content is regular.

    >>> end_every_record(b"a,b\\n1,2,\\n3,4,\\n", ",")
    b'a,b,\\n1,2,\\n3,4,\\n'
    """
    start, place = 0, -1
    while start < len(content):
        stop = _cut(content, start)
        part = np.frombuffer(content, np.uint8, stop - start, start)
        inside = _inside(part)
        ends = np.flatnonzero((part == END) if inside is None else (part == END) & ~inside)
        ends = ends if len(ends) and ends[-1] == len(part) - 1 else np.append(ends, len(part))
        ends = ends[np.diff(ends, prepend=-1) > 1]  # without blank lines
        ended = part[ends - 1] == ord(delimiter)
        if place < 0 and len(ends):
            place, ended = start + int(ends[0]), np.append(~ended[:1], ended[1:])
        if not ended.all():
            return content
        start = stop
    return content if place < 0 else content[:place] + delimiter.encode() + content[place:]


def _inside(part: np.ndarray) -> np.ndarray | None:
    """Where a byte stands between quotes, the opening one included; None without a quote.

    A quote within a quoted field is written twice: it closes, and opens again.
    """
    quotes = part == QUOTE
    if not quotes.any():
        return None
    return (np.cumsum(quotes, dtype=np.uint8) & 1).astype(bool)


def _cut(content: bytes, start: int) -> int:
    """The end of a piece: behind the last line end that is outside quotes."""
    size = AT_ONCE
    while start + size < len(content):
        stop = start + size
        if content.find(b'"', start, stop) < 0:
            end = content.rfind(b"\n", start, stop) + 1
        else:
            part = np.frombuffer(content, np.uint8, size, start)
            ends = np.flatnonzero((part == END) & ~_inside(part))  # type: ignore[operator]
            end = start + int(ends[-1]) + 1 if len(ends) else 0
        if end > start:
            return end
        size *= 2
    return len(content)


def _checked(
    content: bytes, start: int, stop: int, delimiter: int, width: int, name: str, empty: int
) -> bytes:
    part = np.frombuffer(content, np.uint8, stop - start, start)
    inside = _inside(part)
    line_ends, delimiters = part == END, part == delimiter
    if inside is not None:
        line_ends &= ~inside
        delimiters &= ~inside
    ends = np.flatnonzero(line_ends)
    if not len(ends) or ends[-1] != len(part) - 1:
        ends = np.append(ends, len(part))
    starts = np.concatenate([[0], ends[:-1] + 1])
    before = np.searchsorted(np.flatnonzero(delimiters), ends)
    fields = np.diff(before, prepend=0) + 1
    blank = _blank(part, starts, ends, fields, width)
    wrong = (fields != width) & ~blank
    if wrong.any():
        first = int(wrong.argmax())
        line = content.count(b"\n", 0, start + int(starts[first])) + 1
        raise GradatimError(ragged_record(name, line, int(fields[first]) - empty, width - empty))
    if not blank.any():
        return content[start:stop]
    return part[np.repeat(~blank, np.diff(ends, prepend=-1))[: len(part)]].tobytes()


def ragged_record(name: str, line: int, fields: int, width: int) -> str:
    """The sentence for a record that is not as wide as the first."""
    has = f"{fields} field{'' if fields == 1 else 's'}"
    return f"{name}: line {line} has {has}, but line 1 has {width}; mend that line, or quote its text"


def _in_place(part: np.ndarray, inside: np.ndarray, borders: np.ndarray) -> bool:
    """Whether every quote opens behind a border, closes before one, or stands beside another."""
    places = np.flatnonzero(part == QUOTE)
    opens = inside[places]
    beside = borders | (part == QUOTE)
    behind = np.concatenate([[True], beside[:-1]])[places]
    ahead = np.concatenate([beside[1:], [True]])[places]
    return bool(behind[opens].all() and ahead[~opens].all())


def _blank(
    part: np.ndarray, starts: np.ndarray, ends: np.ndarray, fields: np.ndarray, width: int
) -> np.ndarray:
    """Which records are blank lines; of spaces only, where there are several columns."""
    blank = ends == starts
    if width > 1:
        for i in np.flatnonzero((fields == 1) & ~blank):
            blank[i] = (part[starts[i] : ends[i]] == SPACE).all()
            if not blank[i]:
                break  # it is told of as a record of one field
    return blank

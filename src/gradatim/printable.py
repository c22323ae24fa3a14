"""Texts of strangers on a terminal, in a picture or on a page: control characters, which would steer it, are
shown as escapes, or as �.

Names of columns, classes and files, texts and prompts come from files of strangers. Tabs and ends of lines
are kept; what turns the direction of writing round is not, as it shows one name as another.
"""

import re
from typing import Any

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\r(?!\n)")
NEVER = re.compile("[\ud800-\udfff\ufffe\uffff]")  # in XML, or in a text that is written as UTF-8
ESCAPES = {7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}


def printable(text: object) -> str:
    r"""A text with Python's escapes in the place of control characters.

    >>> print(printable("\x1b]0;a title\a and\na line, \u202eback"))
    \x1b]0;a title\a and
    a line, \u202eback
    """
    return CONTROL.sub(lambda found: _escape(found[0]), str(text))


def one_line(text: object) -> str:
    r"""The same on a single line, as a cell of a table is.

    >>> print(one_line("two\nlines"))
    two\nlines
    """
    return re.sub("[\t\r\n]", lambda found: _escape(found[0]), printable(text))


def legible(text: str) -> str:
    r"""A text for a picture or a page: � in the place of what no XML may hold and what would steer it.

    >>> legible("a\x1b[1mb"), legible("näh")
    ('a�[1mb', 'näh')
    """
    return NEVER.sub("�", CONTROL.sub("�", text))


def json_text(text: str) -> str:
    r"""JSON with its own escapes in the place of control characters.

    >>> print(json_text('"\x9b1m"'))
    "\u009b1m"
    """
    return CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _escape(character: str) -> str:
    code = ord(character)
    return ESCAPES.get(code, f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


class PrintableStream:
    """A stream on which only printable texts are written; `inner` takes anything."""

    def __init__(self, inner: Any):
        self.inner = inner

    def write(self, text: str) -> int:
        """Write a text with escapes in the place of its control characters. Raises TypeError for bytes."""
        self.inner.write(CONTROL.sub(lambda found: _escape(found[0]), text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write some texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


def inner_stream(stream: Any) -> Any:
    """The stream itself, for a program that draws on the terminal, and for data that go into a pipe."""
    return stream.inner if isinstance(stream, PrintableStream) else stream

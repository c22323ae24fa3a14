"""Texts of strangers, printable: nothing in them steers a terminal, and nothing else is changed."""

import io
import json
import unicodedata

import pytest

from gradatim.printable import PrintableStream, inner_stream, json_text, legible, one_line, printable

EVERY = [chr(code) for code in range(0x11000) if not 0xD800 <= code < 0xE000]
BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}  # Unicode's names of what turns round


def steers(character: str) -> bool:
    """What Unicode calls a control character, a separator of lines, or a turn of direction."""
    kind = unicodedata.category(character)
    return kind in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(character) in BIDI


def test_what_is_escaped_is_what_unicode_says():
    assert {one for one in EVERY if printable(one) != one} == {
        one for one in EVERY if steers(one) and one not in "\t\n"
    }
    assert {one for one in EVERY if legible(one) != one} == {
        one for one in EVERY if steers(one) and one not in "\t\n"
    } | {"\ufffe", "\uffff"}


@pytest.mark.parametrize("text", [one for one in EVERY if steers(one)])
def test_an_escape_is_python_s_and_means_the_character(text):
    assert one_line(text).isprintable() and one_line(text).startswith("\\")
    assert one_line(text).encode().decode("unicode_escape") == text
    assert json.loads(json_text(json.dumps(text, ensure_ascii=False))) == text


def test_line_ends_stay_but_on_one_line():
    assert printable("a\r\nb\tc\n") == "a\r\nb\tc\n"
    assert one_line("a\r\nb\tc\n") == r"a\r\nb\tc\n"
    assert printable("50 %\r100 %") == r"50 %\r100 %"


def test_a_printable_stream_writes_what_its_inner_stream_would_but_for_control_characters():
    inner = io.StringIO()
    stream = PrintableStream(inner)
    assert stream.write("\x1b[1mß\n") == 6
    stream.writelines(["a\x00", "b\n"])
    print("\u202exe", file=stream)
    assert inner.getvalue() == "\\x1b[1mß\na\\x00b\n\\u202exe\n"
    with pytest.raises(TypeError):  # by which click knows a stream of texts
        stream.write(b"")
    assert inner_stream(stream) is inner and inner_stream(inner) is inner and not stream.isatty()

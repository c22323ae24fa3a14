"""Texts: reading, vocabulary, split, windows; and the texts by name where their files are."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim import catalog
from gradatim.checks import GradatimError, UsageError
from gradatim.data import books
from gradatim.data.books import sonnets, tinyshakespeare, warpeace
from gradatim.data.reading_text import is_text_file, read_text
from gradatim.data.streams import Windows
from gradatim.data.text import split_text, text_of
from gradatim.data.vocabulary import Vocabulary

FOLDER = Path(os.environ.get("GRADATIM_DATA") or "nowhere")


# ---- vocabulary


@given(st.text(min_size=2).filter(lambda text: len(set(text)) > 1))
def test_what_is_encoded_is_decoded_and_numbers_follow_code_points(characters):
    text = text_of(characters)
    assert text.characters() == characters
    assert list(text.vocabulary.characters) == sorted(set(characters))
    assert text.tokens.dtype == np.int64
    assert sorted(set(text.tokens.tolist())) == list(range(len(text.vocabulary)))


def test_characters_beyond_the_basic_plane_and_combining_ones_are_characters():
    text = text_of("e\u0301🙂a")
    assert text.vocabulary.characters == "ae\u0301🙂"
    assert text.tokens.tolist() == [1, 2, 3, 0]


def test_unknown_characters_are_named_once_each_in_their_order():
    with pytest.raises(UsageError) as error:
        Vocabulary("hello").encode("jolly hill", "the prompt")
    said = "the prompt has characters that were not in the training text: 'j', 'y', ' ', 'i'"
    assert str(error.value) == f"{said}; that has 'e', 'h', 'l', 'o'"
    with pytest.raises(UsageError, match=r"'0', '1', '2', '3', '4', '5', '6', '7', …; that has 'a', 'b'$"):
        Vocabulary("ab").encode("0123456789")
    with pytest.raises(UsageError, match="not in the training text: 'z'"):
        Vocabulary("").encode("z")
    with pytest.raises(UsageError, match=r"'\\udce9'"):  # half a character, from a command line
        Vocabulary("ab").encode("a\udce9")
    assert Vocabulary("ab").encode("").tolist() == []


@pytest.mark.parametrize(
    ("characters", "said"),
    [
        ("abcdefgz", "'a' to 'g', 'z'"),
        ("\n !,.ABCabc", r"'\n', ' ', '!', ',', '.', 'A' to 'C', 'a' to 'c'"),
        ("01", "'0', '1'"),
        ("αβγδ🙂", "'α' to 'δ', '🙂'"),
        ("".join(chr(0x4E00 + 2 * i) for i in range(3000)), "'一', '丂', '丄'"),
        ("", "none"),
    ],
)
def test_what_is_known_is_named_beside_an_unknown_character(characters, said):
    with pytest.raises(UsageError, match="'W'; that has ") as error:
        Vocabulary(characters).encode("W")
    assert str(error.value).partition("; that has ")[2].startswith(said)
    assert len(str(error.value)) < 220


def test_the_fingerprint_is_of_characters_and_order():
    one = text_of("abcabc")
    assert one.fingerprint == text_of("abcabc", "another name").fingerprint
    assert len({text_of(t).fingerprint for t in ("abcabc", "bcabca", "abcabd", "abcab")}) == 4


def test_the_split_is_first_and_last():
    train, valid = split_text(text_of("0123456789" * 10))
    assert (len(train), len(valid)) == (90, 10)
    assert train.characters() + valid.characters() == "0123456789" * 10
    assert valid.vocabulary is train.vocabulary
    assert [len(part) for part in split_text(text_of("ab" * 50), 0)] == [100, 0]
    with pytest.raises(UsageError, match="valid must be a number at least 0 and below 1; it is 1"):
        split_text(text_of("ab"), 1)


# ---- reading


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("naïve café\n".encode(), "naïve café\n"),
        (b"\xef\xbb\xbfwith a mark", "with a mark"),
        (b"one\r\ntwo\rthree\n", "one\ntwo\nthree\n"),
        (gzip.compress("packed ✓".encode(), mtime=0), "packed ✓"),
        (gzip.compress(b"\xef\xbb\xbfboth", mtime=0), "both"),
    ],
)
def test_utf_8_with_and_without_mark_and_gzip(tmp_path, content, expected):
    path = tmp_path / "book.txt"
    path.write_bytes(content)
    text = read_text(path)
    assert text.characters() == expected
    assert text.name == "book.txt"
    assert text.source == {"path": str(path)}


@pytest.mark.parametrize(
    ("content", "kind", "sentence"),
    [
        (b"", UsageError, "is empty: there is no text to learn from"),
        (b"\xef\xbb\xbf", UsageError, "is empty: there is no text to learn from"),
        (gzip.compress(b"", mtime=0), UsageError, "is empty: there is no text to learn from"),
        (b"x", UsageError, "holds the one character 'x': there is nothing to predict in it"),
        (b"xxxx", UsageError, "holds nothing but the character 'x': there is nothing to predict in it"),
        (b"PK\x03\x04\x00\x00", GradatimError, "is binary, not a text: byte 4 is zero"),
        (b"one\ntwo\ncaf\xe9 three", GradatimError, "is not UTF-8: line 3 has a byte E9 that cannot stand"),
        (b"cut \xe2\x9c", GradatimError, "is not UTF-8: line 1 has a byte E2 that cannot stand there"),
        ("hello".encode("utf-16"), GradatimError, "is UTF-16; save it as UTF-8"),
        (gzip.compress(b"hello" * 100, mtime=0)[:-20], GradatimError, "is a damaged gzip file"),
        (b"\x1f\x8bnonsense", GradatimError, "is a damaged gzip file"),
    ],
)
def test_what_is_no_text_is_refused_in_a_sentence(tmp_path, content, kind, sentence):
    path = tmp_path / "book.txt"
    path.write_bytes(content)
    with pytest.raises(kind) as error:
        read_text(path)
    assert sentence in str(error.value)
    assert "book.txt" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_not_there_and_a_folder(tmp_path):
    with pytest.raises(UsageError, match="there is no file"):
        read_text(tmp_path / "none.txt")
    with pytest.raises(UsageError, match="is a folder; a text is one file"):
        read_text(tmp_path)
    with pytest.raises(UsageError, match="a text must be a string; this is bytes"):
        text_of(b"hello")  # type: ignore[arg-type]


@given(st.binary(max_size=300))
def test_any_bytes_are_a_text_or_a_sentence(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "book.txt"
    path.write_bytes(content)
    try:
        text = read_text(path)
    except GradatimError as error:
        assert str(error)
    else:
        assert text.characters() == content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("a.txt", True), ("A.TXT", True), ("a.txt.gz", True), ("a.b.txt", True), ("a", False), ("a.gz", False),
     ("a.npz", False), ("a.txt.npz", False), (".gz", False), ("x.csv.gz", False), ("war.text", True)],
)  # fmt: skip
def test_a_text_file_is_known_by_its_name(name, expected):
    assert is_text_file(Path("folder.txt") / name) is expected


# ---- windows


@given(st.integers(2, 200), st.integers(1, 12), st.integers(1, 30))
def test_streams_hold_every_character_once_and_targets_are_the_next(size, n, length):
    text = text_of("".join(chr(97 + i % 26) for i in range(size)))
    if size - 1 < length:
        with pytest.raises(UsageError, match="fewer than one window"):
            Windows(text, length).streams(n)
        return
    x, y = Windows(text, length).streams(n)
    steps, streams = x.shape
    assert streams == min(n, (size - 1) // length)
    assert steps >= length
    assert 0 <= size - 1 - x.size < streams  # left out at the end
    np.testing.assert_array_equal(x.T.ravel(), text.tokens[: x.size])
    np.testing.assert_array_equal(y.T.ravel(), text.tokens[1 : x.size + 1])
    np.testing.assert_array_equal(x[1:], y[:-1])


def test_a_text_shorter_than_a_window_says_what_fits():
    with pytest.raises(UsageError) as error:
        Windows(text_of("hello", "h.txt"), 64).streams(2)
    assert str(error.value) == (
        "h.txt has 5 characters here, fewer than one window of 64 and the character behind it; take a window "
        "of at most 4"
    )
    with pytest.raises(UsageError, match="window must be a whole number of at least 1; it is 0"):
        Windows(text_of("hello"), 0).streams(2)


# ---- by name


def test_the_table_is_of_one_form():
    assert set(books.FILES) == set(catalog.names("text"))
    for _folder, file, digest, urls in books.FILES.values():
        assert file.endswith(".txt")
        assert len(bytes.fromhex(digest)) == 32
        assert len(urls) > 1  # there is a mirror
        assert all(url.startswith("https://") and url.endswith(file) for url in urls)


FACTS = {  # characters, distinct ones, the beginning
    "tinyshakespeare": (1_115_394, 65, "First Citizen:\nBefore we proceed"),
    "sonnets": (93_890, None, "From fairest creatures we desire increase"),
    "warpeace": (None, 82, '"Well, Prince, so Genoa and Lucca'),
}


@pytest.mark.parametrize("name", FACTS)
def test_the_published_texts(name):
    if not (FOLDER / books.FILES[name][0].replace("-", "_")).is_dir():
        pytest.skip(f"GRADATIM_DATA names no folder with {name} in it")
    text = catalog.find(name, "text").load()()
    size, distinct, start = FACTS[name]
    assert text.name == name
    assert text.source == {"name": name}
    assert size is None or len(text) == size
    assert distinct is None or len(text.vocabulary) == distinct
    assert text.characters(0, 100).lstrip().startswith(start)
    if name == "tinyshakespeare":
        assert [len(part) for part in split_text(text)] == [1_003_854, 111_540]


def test_each_name_has_its_function():
    homes = {name: catalog.find(name, "text").load() for name in books.FILES}
    assert homes == {"tinyshakespeare": tinyshakespeare, "sonnets": sonnets, "warpeace": warpeace}

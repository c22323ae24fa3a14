"""Files of word vectors: GloVe's text, word2vec's text and binary, packed by gzip or not; arrays."""

import gzip
from collections.abc import Collection, Iterator
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile

import numpy as np

from gradatim.checks import GradatimError, UsageError
from gradatim.data.unpacking import GZIP
from gradatim.files import is_folder

Vectors = dict[str, np.ndarray]
LONGEST = 1 << 16  # bytes of a word, or of a header


def read_vectors(path: str | Path, words: Collection[str]) -> Vectors:
    """The vectors of these words that a file has, float32 arrays of one size; a word that it has in small
    letters only gets those. The file is read once, and no more of it is held than is wanted.

    GloVe's lines are a word and its numbers; word2vec writes how many vectors and numbers there are in front,
    and in binary files the numbers as little-endian float32. An .npz file holds `words` and `vectors`.

    Raises UsageError for a file that is not there or has none of the words, GradatimError naming the line or
    vector that cannot be.
    """
    path = Path(path)
    if is_folder(path) or not path.exists():
        raise UsageError(f"there is no file {path} of word vectors")
    wanted = {*words, *(word.lower() for word in words)}
    if path.suffix.lower() == ".npz":
        return _of_words(_arrays(path, wanted), words, path)
    with _opened(path) as file:
        first = file.readline(LONGEST)
        header = _header(first)
        binary = header is not None and not _is_text(file, header[1])
        if header is not None and binary:
            pairs: Iterator[tuple[str, np.ndarray]] = _binary(file, *header, path)
        else:
            pairs = _text(file, None if header else first, path)
        found = {word: vector for word, vector in pairs if word in wanted}
    return _of_words(found, words, path)


def _of_words(found: Vectors, words: Collection[str], path: Path) -> Vectors:
    """Of vectors that were found those of these words; UsageError where there is none."""
    of_words = {word: found.get(word, found.get(word.lower())) for word in words}
    kept = {word: vector for word, vector in of_words.items() if vector is not None}
    if not kept:
        raise UsageError(f"{path} has a vector for none of the {len(words):,} words of training")
    return kept


def _arrays(path: Path, wanted: Collection[str]) -> Vectors:
    """The vectors of wanted words in a file of arrays, `words` (K,) and `vectors` (K, D)."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            words, vectors = arrays["words"].tolist(), np.asarray(arrays["vectors"], np.float32)
    except (OSError, ValueError, KeyError, BadZipFile) as error:
        raise GradatimError(f"{path} holds no arrays words (K,) and vectors (K, D): {error}") from error
    if vectors.ndim != 2 or len(vectors) != len(words) or not np.isfinite(vectors).all():
        raise GradatimError(
            f"{path} must hold a finite vector for each word; of {len(words):,} words it has {vectors.shape}"
        )
    return {word: vector for word, vector in zip(words, vectors, strict=True) if word in wanted}


def _opened(path: Path) -> Any:
    with path.open("rb") as file:
        packed = file.read(2) == GZIP
    return gzip.open(path, "rb") if packed else path.open("rb")


def _header(line: bytes) -> tuple[int, int] | None:
    """How many vectors there are and how many numbers each has, where the first line says it."""
    parts = line.split()
    return (int(parts[0]), int(parts[1])) if len(parts) == 2 and all(p.isdigit() for p in parts) else None


def _is_text(file: Any, size: int) -> bool:
    """Whether a word and so many numbers as text stand next."""
    at = file.tell()
    parts = file.readline(LONGEST).split()
    file.seek(at)
    return len(parts) > size and all(map(_is_number, parts[-size:]))


def _is_number(text: bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _text(file: BinaryIO, first: bytes | None, path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """The words and vectors of lines; a word may hold spaces."""
    size = None if first is None else _size(first, path)
    number = 1
    for line in file if first is None else _before(first, file):
        number += first is None or line is not first
        parts = line.rstrip().split(b" ")
        size = size or len(parts) - 1
        if len(parts) <= size:
            raise GradatimError(f"{path}, line {number:,}: {len(parts) - 1} numbers where others have {size}")
        try:
            vector = np.array(parts[-size:], np.float32)
            word = b" ".join(parts[:-size]).decode("utf-8", "replace")
        except ValueError:
            raise GradatimError(
                f"{path}, line {number:,}: {line[:40]!r} is no word and {size} numbers"
            ) from None
        if not np.isfinite(vector).all():
            raise GradatimError(f"{path}, line {number:,}: the vector of {word!r} is not finite")
        yield word, vector


def _before(first: bytes, file: BinaryIO) -> Iterator[bytes]:
    yield first
    yield from file


def _size(line: bytes, path: Path) -> int:
    """How many numbers a line of GloVe's has."""
    size = len(line.rstrip().split(b" ")) - 1
    if size < 1 or not _is_number(line.split(b" ")[-1]):
        raise GradatimError(f"{path} holds no word vectors: its first line is no word with numbers behind it")
    return size


def _binary(file: BufferedReader, many: int, size: int, path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """The words and vectors of word2vec's binary file: a word, a space, and its numbers."""
    for number in range(1, many + 1):
        word = bytearray()
        while (byte := file.read(1)) not in (b" ", b"") and len(word) < LONGEST:
            word += byte
        numbers = file.read(4 * size)
        if len(numbers) < 4 * size:
            raise GradatimError(f"{path} is cut: it ends in vector {number:,} of {many:,}")
        vector = np.frombuffer(numbers, "<f4")
        if not np.isfinite(vector).all():
            raise GradatimError(f"{path}, vector {number:,} is not finite: the file is no word2vec file")
        yield word.lstrip(b"\n").decode("utf-8", "replace"), vector

"""Files of word vectors: GloVe's and word2vec's, text and binary."""

import gzip

import numpy as np
import pytest

from gradatim.checks import GradatimError, UsageError
from gradatim.data.pretrained_vectors import read_vectors

VECTORS = {
    "the": [0.5, -1.0, 2.0],
    "dog": [1e-3, 0.25, -3.0],
    ". . .": [1.0, 2.0, 3.0],
    "čáp": [0.0, 1.0, -0.5],
}


def text(header=False, ends="\n"):
    lines = [f"{word} {' '.join(map(str, vector))}" for word, vector in VECTORS.items()]
    return (ends.join([*([f"{len(lines)} 3"] if header else []), *lines]) + ends).encode()


def binary(between=b"\n"):
    words = [word for word in VECTORS if " " not in word]  # where it ends
    parts = [word.encode() + b" " + np.array(VECTORS[word], "<f4").tobytes() + between for word in words]
    return f"{len(parts)} 3\n".encode() + b"".join(parts)


FILES = {
    "glove": text(), "word2vec text": text(True), "binary": binary(), "binary without line ends": binary(b""),
    "glove in gzip": gzip.compress(text()), "binary in gzip": gzip.compress(binary()),
    "glove CRLF": text(ends="\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_every_form_gives_the_same_vectors(tmp_path, name):
    (tmp_path / "v").write_bytes(FILES[name])
    found = read_vectors(tmp_path / "v", ["Dog", "the", "čáp", ". . .", "cat"])
    known = {"Dog", "the", "čáp"}  # Dog is dog, as it stands nowhere else
    assert set(found) == (known if "binary" in name else {*known, ". . ."})
    for word, vector in found.items():
        np.testing.assert_array_equal(vector, np.array(VECTORS[word.lower()], np.float32))


@pytest.mark.parametrize(
    ("content", "error", "sentence"),
    [
        (text(), UsageError, "has a vector for none of the 1 words of training"),
        (b"", GradatimError, "holds no word vectors"),
        (b"This is a text.\n", GradatimError, "first line is no word with numbers behind it"),
        (b"a 1 2 3\nb 1 2\n", GradatimError, "line 2: 2 numbers where others have 3"),
        (b"a 1 2 3\nb 1 x 3\n", GradatimError, "line 2: .* is no word and 3 numbers"),
        (b"a 1 2 nan\n", GradatimError, "line 1: the vector of 'a' is not finite"),
        (binary()[:-9], GradatimError, "is cut: it ends in vector 3 of 3"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path, content, error, sentence):
    (tmp_path / "v").write_bytes(content)
    with pytest.raises(error, match=sentence):
        read_vectors(tmp_path / "v", ["zebra"])
    with pytest.raises(UsageError, match="there is no file"):
        read_vectors(tmp_path / "w", ["zebra"])

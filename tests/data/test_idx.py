"""The IDX format: what NumPy wrote is read, and everything else is refused in one sentence."""

import gzip
import re
from struct import pack

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gradatim.checks import GradatimError, UsageError
from gradatim.data.idx import read_idx

CODES = {"uint8": 8, "int8": 9, "int16": 11, "int32": 12, "float32": 13, "float64": 14}
SMALL = np.arange(6, dtype=np.int16).reshape(2, 3) - 3
PER_FUNCTION = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def idx(array: np.ndarray) -> bytes:
    header = pack(f">4B{array.ndim}I", 0, 0, CODES[array.dtype.name], array.ndim, *array.shape)
    return header + array.astype(array.dtype.newbyteorder(">")).tobytes()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a-idx2-short"


def refusal(path, content: bytes) -> str:
    path.write_bytes(content)
    with pytest.raises(GradatimError) as raised:
        read_idx(path)
    assert str(path) in str(raised.value)
    return str(raised.value).replace(f"{path} ", "")


@pytest.mark.parametrize("packed", [bytes, gzip.compress], ids=["plain", "gzipped"])
@pytest.mark.parametrize("name", CODES)
@PER_FUNCTION
@given(data=st.data())
def test_every_type_comes_back_to_the_bit(path, name, packed, data):
    array = data.draw(arrays(name, array_shapes(max_dims=4, max_side=4)))
    path.write_bytes(packed(idx(array)))
    found = read_idx(path)
    assert found.dtype == array.dtype  # of the machine's byte order
    assert found.shape == array.shape
    assert found.tobytes() == array.tobytes()  # NaNs too


def test_the_example_of_the_format_s_description(path):
    """An IDX file byte by byte: two labels, 7 and 2."""
    path.write_bytes(b"\x00\x00\x08\x01\x00\x00\x00\x02\x07\x02")
    assert read_idx(str(path)).tolist() == [7, 2]


def test_every_cut_is_refused(path):
    for whole in (idx(SMALL), gzip.compress(idx(SMALL), mtime=0)):
        for length in range(len(whole)):
            refusal(path, whole[:length])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is not an IDX file: it begins with the bytes ''"),
        (b"\x89PNG\r\n", "is not an IDX file: it begins with the bytes '89 50 4e 47'"),
        (b"\0\0\x0a\x01\0\0\0\x01\0", "is not an IDX file: it begins with the bytes '00 00 0a 01'"),
        (idx(SMALL)[:7], "is damaged: it ends within its header, after 7 bytes"),
        (idx(SMALL)[:-1], "is damaged: 2 × 3 values of type int16 take 12 bytes, and it holds 11"),
        (idx(SMALL) + b"\0", "is damaged: 2 × 3 values of type int16 take 12 bytes, and it holds 13"),
        (
            gzip.compress(idx(SMALL) + b"\0", mtime=0),
            "is damaged: 2 × 3 values of type int16 take 12 bytes, and it holds 13",
        ),
        (b"\0\0\x08\0\x05", "holds no array: the shape in its header is ()"),
        (idx(SMALL[:0]), "holds no array: the shape in its header is (0, 3)"),
        (
            b"\0\0\x08\x03" + b"\xff" * 12,
            "is damaged: 4294967295 × 4294967295 × 4294967295 values of type uint8 take "
            "79228162458924105385300197375 bytes, and it holds 0",
        ),
    ],
)
def test_the_sentence_says_what_is_wrong(path, content, sentence):
    assert refusal(path, content) == sentence


def test_more_axes_than_numpy_has(path):
    assert refusal(path, b"\0\0\x08\xff" + pack(">255I", *[1] * 255) + b"\x05").startswith("holds no array")
    path.write_bytes(b"\0\0\x08\x40" + pack(">64I", *[1] * 64) + b"\x05")
    assert read_idx(path).shape == (1,) * 64


def test_a_gzipped_file_with_something_behind_it(path):
    assert "Not a gzipped file" in refusal(path, gzip.compress(idx(SMALL), mtime=0) + b"more")


def test_no_file_and_a_folder(tmp_path):
    with pytest.raises(UsageError, match=f"^there is no file {re.escape(str(tmp_path / 'none'))}$"):
        read_idx(tmp_path / "none")
    with pytest.raises(UsageError, match=f"^{re.escape(str(tmp_path))} is a folder; name a file in it$"):
        read_idx(tmp_path)


@PER_FUNCTION
@given(st.binary(max_size=64), st.sampled_from([b"", b"\0\0", b"\0\0\x08\x01", b"\x1f\x8b", b"\x1f\x8b\x08"]))
def test_garbage_is_refused_or_is_an_array(path, content, beginning):
    path.write_bytes(beginning + content)
    try:
        assert read_idx(path).size
    except GradatimError as error:
        assert str(path) in str(error)


@PER_FUNCTION
@given(place=st.integers(0, 10**6), bits=st.integers(1, 255), packed=st.sampled_from([bytes, gzip.compress]))
def test_a_changed_byte_never_shows_as_another_error(path, place, bits, packed):
    content = bytearray(packed(idx(SMALL)))
    content[place % len(content)] ^= bits
    path.write_bytes(content)
    try:
        assert read_idx(path).size
    except GradatimError as error:
        assert str(path) in str(error)

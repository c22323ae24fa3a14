"""Files of NumPy give their arrays exactly, or one sentence; no header is believed."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest

from gradatim.checks import GradatimError
from gradatim.data.numpy_files import look_at_npz, read_npy, read_npz, read_npz_row

ARRAYS = {
    "x": np.arange(24.0).reshape(4, 6), "fortran": np.asfortranarray(np.arange(6).reshape(2, 3)),
    "one": np.array(3), "none": np.zeros((0, 5), np.float32), "texts": np.array(["a", "bé"]),
    "big": np.arange(3, dtype=">i4"),
}  # fmt: skip


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_arrays_come_back(tmp_path, save):
    save(tmp_path / "a.npz", **ARRAYS)
    found = read_npz(tmp_path / "a.npz")
    assert found.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype
        np.save(tmp_path / "a.npy", array)
        np.testing.assert_array_equal(read_npy(tmp_path / "a.npy"), array)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_heads_and_single_rows_are_read_alone(tmp_path, save):
    path = tmp_path / "a.npz"
    save(path, **ARRAYS)
    found = look_at_npz(path)
    assert {name: (one.shape, one.dtype) for name, one in found.items()} == {
        name: (one.shape, one.dtype) for name, one in ARRAYS.items()
    }
    for name in ("x", "fortran", "texts", "big"):
        for row in range(len(ARRAYS[name])):
            np.testing.assert_array_equal(read_npz_row(path, name, row), ARRAYS[name][row : row + 1])
    for name, row in (("x", 4), ("x", -1), ("one", 0), ("none", 0)):
        with pytest.raises(
            GradatimError, match=rf"a\.npz is damaged or not an \.npz file: {name} has no row"
        ):
            read_npz_row(path, name, row)
    path.write_bytes(b"before" + path.read_bytes())  # a zip may begin anywhere
    np.testing.assert_array_equal(read_npz_row(path, "x", 2), ARRAYS["x"][2:3])


def test_a_head_without_its_numbers_is_one_sentence(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, x=np.array([{}], dtype=object))
    for read in (look_at_npz, lambda path: read_npz_row(path, "x", 0), read_npz):
        with pytest.raises(GradatimError, match="holds pickled objects, which are never read"):
            read(path)
    np.savez(path, x=np.arange(600.0))
    path.write_bytes(path.read_bytes().replace(b"(600,)", b"(900,)"))
    for read in (look_at_npz, lambda path: read_npz_row(path, "x", 0), read_npz):
        with pytest.raises(GradatimError, match=r"promises 7,200 bytes, and 4,800 are there$"):
            read(path)


def npy(header: bytes, version: bytes = b"\x01\x00") -> bytes:
    length = len(header).to_bytes(2 if version[0] == 1 else 4, "little")
    return b"\x93NUMPY" + version + length + header


HUGE = b"{'descr': '<f8', 'fortran_order': False, 'shape': (10000000000000,), }\n"


def test_a_header_that_promises_more_than_is_there_is_not_believed(tmp_path):
    (tmp_path / "a.npy").write_bytes(npy(HUGE) + bytes(80))
    with pytest.raises(GradatimError, match=r"promises 80,000,000,000,000 bytes, and 80 are there$"):
        read_npy(tmp_path / "a.npy")
    with ZipFile(tmp_path / "a.npz", "w", ZIP_DEFLATED) as archive:
        archive.writestr("x.npy", npy(HUGE) + bytes(80))
    with pytest.raises(GradatimError, match=r"promises 80,000,000,000,000 bytes, and 80 are there$"):
        read_npz(tmp_path / "a.npz")


def test_every_cut_of_an_array_s_file_is_one_sentence(tmp_path):
    path = tmp_path / "a.npy"
    np.save(path, ARRAYS["x"])
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(GradatimError, match=r"a\.npy is damaged or not an \.npy file: ") as error:
            read_npy(path)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (3,), "), npy(b"(((((\n"), npy(b'"""\n'),
        npy(b"{'descr': '<f8'}\n"), npy(b"{'descr': 'O', 'fortran_order': False, 'shape': (3,), }\n"),
        npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (-3,), }\n") + bytes(24),
        npy(b"{'descr': '<f8', 'fortran_order': 7, 'shape': 3, }\n"), npy(b"[" * 9999),
        npy(HUGE, b"\x02\x00"), npy(HUGE, b"\x03\x00"), npy(HUGE, b"\x09\x09"), b"", b"\x93NUMPY",
    ],
)  # fmt: skip
def test_a_header_that_is_none_is_one_sentence(tmp_path, content):
    (tmp_path / "a.npy").write_bytes(content)
    with pytest.raises(GradatimError, match=r"damaged or not an \.npy|pickled objects") as error:
        read_npy(tmp_path / "a.npy")
    assert "\n" not in str(error.value)


def test_what_lies_beside_the_arrays_is_passed_over(tmp_path):
    buffer = BytesIO()
    np.save(buffer, ARRAYS["x"])
    with ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", buffer.getvalue())
        archive.writestr("readme.txt", "for a person")
    assert read_npz(tmp_path / "a.npz").keys() == {"x"}

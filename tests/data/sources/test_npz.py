"""The .npz source: what is read, and how strangers' and damaged files are refused."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.objects import as_dataset
from gradatim.data.sources.npz import read_npz

X, Y = np.random.default_rng(0).standard_normal((8, 3)), np.array([3, 5] * 4)


class Bomb:
    """Creates a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.touch, (self.path,)


@pytest.fixture
def npz(tmp_path):
    path = tmp_path / "my data.npz"
    np.savez(path, x=X, y=Y)
    return path


def test_an_npz_gives_the_same_data_as_its_arrays(npz):
    for where in (npz, str(npz)):
        found = load_data(where)
        assert (found.x == X).all()
        assert found.classes == (3, 5)
        assert found.fingerprint == as_dataset((X, Y)).fingerprint
        assert found.name == "my data"
        assert found.source == {"path": str(npz.resolve()), "target": None}


def test_an_npz_is_found_again_by_its_source(npz, monkeypatch):
    monkeypatch.chdir(npz.parent)
    found = load_data("my data.npz", "y")
    assert found.source["target"] == "y"
    monkeypatch.chdir("/")
    assert load_data(found.source["path"], found.source["target"]).fingerprint == found.fingerprint


def test_compressed_big_endian_and_fortran_arrays(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", x=np.asfortranarray(X).astype(">f8"), y=Y.astype(">i4"))
    found = load_data(tmp_path / "a.npz")
    assert (found.x == X).all()
    assert found.y is not None
    assert found.y.tolist() == [0, 1] * 4


def test_pickled_objects_are_refused_and_their_code_does_not_run(tmp_path):
    mark = tmp_path / "it ran"
    bomb = np.array([Bomb(mark)], dtype=object)
    np.savez(tmp_path / "a.npz", x=X, y=bomb)
    with pytest.raises(GradatimError, match="holds pickled objects, which are never read; save plain arrays"):
        load_data(tmp_path / "a.npz")
    (tmp_path / "b.npz").write_bytes(pickle.dumps(Bomb(mark)))
    with pytest.raises(GradatimError, match=r"is damaged or not an \.npz file: it is not a zip of arrays"):
        load_data(tmp_path / "b.npz")
    np.save(tmp_path / "c.npy", bomb, allow_pickle=True)
    (tmp_path / "c.npy").rename(tmp_path / "c.npz")
    with pytest.raises(GradatimError, match="is damaged or not"):
        load_data(tmp_path / "c.npz")
    assert not mark.exists()
    np.load(tmp_path / "a.npz", allow_pickle=True)["y"]  # the bomb is a real one
    assert mark.exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_a_file_that_is_no_npz_is_refused(tmp_path, content):
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(GradatimError, match=f"^{path} is damaged or not an .npz file: "):
        load_data(path)


def test_a_single_array_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", X)
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    with pytest.raises(GradatimError, match="is damaged or not an"):
        load_data(tmp_path / "a.npz")


def test_every_cut_of_a_file_is_refused(npz):
    whole = npz.read_bytes()
    for length in range(0, len(whole), 7):
        npz.write_bytes(whole[:length])
        with pytest.raises(GradatimError, match="is damaged or not an"):
            read_npz(npz)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**6), bits=st.integers(1, 255))
def test_a_changed_byte_never_shows_as_another_error(npz, place, bits):
    """A damaged file reads as before, where the byte did not matter, or is refused."""
    path = npz.with_name("damaged.npz")
    content = bytearray(npz.read_bytes())
    content[place % len(content)] ^= bits
    path.write_bytes(content)
    try:
        found = read_npz(path)
    except GradatimError as error:
        assert str(path) in str(error)
    else:
        for name in found.keys() & {"x", "y"}:
            assert (found[name] == {"x": X, "y": Y}[name]).all()


@pytest.mark.parametrize(
    ("arrays", "sentence"),
    [
        ({"a": X}, "holds a; expected x and y"),
        ({"x": X, "y": Y[:3]}, "8 examples but 3 targets"),
        ({"x": np.where(X.max() == X, np.nan, X), "y": Y}, "the inputs hold nan at example"),
        ({"x": np.array(3.0), "y": Y}, "inputs need an axis of examples"),
    ],
)
def test_arrays_that_do_not_fit(tmp_path, arrays, sentence):
    np.savez(tmp_path / "a.npz", **arrays)
    with pytest.raises(UsageError, match=sentence):
        load_data(tmp_path / "a.npz")

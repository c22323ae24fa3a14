"""MNIST and Fashion-MNIST: the table of their files, made-up files, and the real ones where they are."""

import gzip
import os
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from struct import pack, unpack_from

import numpy as np
import pytest

import gradatim
from gradatim.checks import GradatimError
from gradatim.data.mnist import CLOTHES, FILES, PLACES, fashion_mnist, mnist

home = import_module("gradatim.data.mnist")  # whose name in the room is the function's

FOLDER = Path(os.environ.get("GRADATIM_DATA") or "nowhere")
TRAINING = {  # examples of each class, and the mean and standard deviation everybody subtracts and divides by
    "mnist": ([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949], 0.1307, 0.3081),
    "fashion-mnist": ([6000] * 10, 0.2860, 0.3530),
}
TEST = {
    "mnist": [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
    "fashion-mnist": [1000] * 10,
}
FIRST = {"mnist": ([5, 0, 4, 1, 9], [7, 2, 1, 0, 4]), "fashion-mnist": ([9, 0, 0, 3, 0], [9, 2, 1, 1, 6])}


def needs(name: str):
    folder = name.replace("-", "_")
    return pytest.mark.skipif(
        not (FOLDER / folder).is_dir(), reason=f"GRADATIM_DATA names no folder with {folder}/ in it"
    )


BOTH = [pytest.param(name, marks=needs(name)) for name in FILES]


@pytest.fixture(scope="module")
def real():
    """A data set, read once."""
    read = {}

    def one(name):
        if name not in read:
            read[name] = gradatim.load_data(name)
        return read[name]

    return one


def test_the_tables_are_of_one_form():
    assert FILES.keys() == PLACES.keys()
    for name, files in FILES.items():
        assert [file.split("-")[0] for file in files] == ["train", "train", "t10k", "t10k"]
        assert all(len(bytes.fromhex(digest)) == 32 for digest in files.values())
        assert len(PLACES[name]) > 1  # there is a mirror
        assert all(place.startswith("http") and place.endswith("/") for place in PLACES[name])
    assert len({digest for files in FILES.values() for digest in files.values()}) == 8


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Three training and two test examples in files of the form of MNIST's."""
    rng = np.random.default_rng(0)
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    arrays = [rng.integers(0, 256, shape).astype(np.uint8) for shape in ((3, 28, 28), 3, (2, 28, 28), 2)]
    digests = {}
    for file, array in zip(FILES["mnist"], arrays, strict=True):
        content = gzip.compress(
            pack(f">4B{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.tobytes(), mtime=0
        )
        (tmp_path / "mnist" / file).write_bytes(content)
        digests[file] = sha256(content).hexdigest()
    monkeypatch.setitem(home.FILES, "mnist", digests)
    return arrays


def test_the_training_examples_come_first_and_the_others_are_the_test(made_up):
    found = mnist()
    train_x, train_y, test_x, test_y = made_up
    assert (found.x[:3, 0] == train_x).all()
    assert (found.x[3:, 0] == test_x).all()
    assert found.y is not None
    assert found.y.tolist() == [*train_y, *test_y]
    assert found.y.dtype == np.int64
    assert found.official_test is not None
    assert found.official_test.tolist() == [False] * 3 + [True] * 2
    assert found.x.flags.c_contiguous
    assert (found.name, found.source, found.classes) == ("mnist", {"name": "mnist"}, tuple(range(10)))


def test_without_files_and_network_the_sentence_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delenv("GRADATIM_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path / name)
    monkeypatch.setitem(home.PLACES, "fashion-mnist", ("http://127.0.0.1:9/a/", "http://127.0.0.1:9/b/"))
    file = "train-images-idx3-ubyte.gz"
    with pytest.raises(
        GradatimError, match="put it into fashion_mnist/ of a folder of your choice"
    ) as raised:
        fashion_mnist()
    assert f"http://127.0.0.1:9/a/{file} (no connection) or http://127.0.0.1:9/b/{file}" in str(raised.value)


@pytest.mark.parametrize("name", BOTH)
def test_sizes_classes_and_statistics_are_those_that_are_published(name, real):
    data = real(name)
    counts, mean, deviation = TRAINING[name]
    train, test = ~data.official_test, data.official_test
    assert data.x.shape == (70_000, 1, 28, 28)
    assert data.x.dtype == np.uint8
    assert data.is_pictures
    assert np.bincount(data.y[train]).tolist() == counts
    assert np.bincount(data.y[test]).tolist() == TEST[name]
    assert (data.y[train][:5].tolist(), data.y[test][:5].tolist()) == FIRST[name]
    assert data.x[:60_000].mean() / 255 == pytest.approx(mean, abs=6e-5)
    assert data.x[:60_000].std(dtype=np.float32) / 255 == pytest.approx(deviation, abs=6e-5)
    assert data.classes == (tuple(range(10)) if name == "mnist" else CLOTHES)


@pytest.mark.parametrize("name", BOTH)
def test_an_independent_reading_gives_the_same_pixels(name, real):
    """The format decoded with struct, the test pictures summed in Python."""
    data = real(name)
    folder = FOLDER / name.replace("-", "_")
    for file, first in (("train-images-idx3-ubyte.gz", 0), ("t10k-images-idx3-ubyte.gz", 60_000)):
        with gzip.open(folder / file) as unpacked:
            content = unpacked.read()
        magic, n, height, width = unpack_from(">4I", content)
        assert (magic, height, width) == (2051, 28, 28)
        assert sha256(content[16:]).digest() == sha256(data.x[first : first + n]).digest()
        pixel = 5 * 784 + 14 * 28 + 10  # row 14, column 10 of the sixth picture
        assert data.x[first + 5, 0, 14, 10] == content[16 + pixel]
    assert sum(content[16:]) == data.x[60_000:].sum()


@needs("mnist")
def test_the_official_split_is_used(real):
    data = real("mnist")
    parts = gradatim.split(data)
    assert parts.sizes() == {"train": 54_000, "valid": 6_000, "test": 10_000}
    assert parts.test is not None
    assert parts.valid is not None
    assert (parts.test.x == data.x[60_000:]).all()
    by_class = np.bincount(parts.valid.y)  # type: ignore[arg-type]
    assert np.abs(by_class - np.array(TRAINING["mnist"][0]) / 10).max() < 1


@needs("mnist")
def test_a_network_learns_the_digits(real, tmp_path):
    parts = gradatim.split(real("mnist"))
    some = parts.train.take(np.arange(12_000))
    asked = {"epochs": 3, "hidden": 128, "dropout": 0.0, "batch_size": 64, "threads": 1, "quiet": True}
    run = gradatim.train(some, valid=parts.valid, test=parts.test, out=tmp_path / "run", **asked)
    assert run.metrics["accuracy"] > 0.93

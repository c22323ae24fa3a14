"""Sources: which of them takes what, what each refuses, and which examples fit which network."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch
from torch.utils.data import DataLoader, TensorDataset

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.data.as_dataset import as_dataset
from gradatim.data.dataset import Dataset
from gradatim.data.digits import digits
from gradatim.data.loader import Loader
from gradatim.data.loading import load_data
from gradatim.data.question import Question
from gradatim.data.sources.source import Request, request_of, source_of
from gradatim.data.text import text_of

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((12, 3)), np.array([3, 5] * 6)
XT, YT = torch.tensor(X), torch.tensor(Y)
FRAME = pd.DataFrame(X, columns=list("abc")).assign(y=Y)
TOWNS = FRAME.assign(town=["Rome", "Oslo", "Kyiv"] * 4)


class Again:
    """Batches that start anew each time."""

    def __iter__(self):
        yield XT, YT


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savez("a.npz", x=X, y=Y)
    TOWNS.to_csv("a.csv", index=False)
    Path("digits").write_text("a,y\n1,b\n2,c\n")
    Path("book").write_text("a,y\n1,b\n2,c\n")
    Path("folder").mkdir()
    Path("captioned").mkdir()
    (Path("captioned") / "captions.txt").touch()
    for name in ("image", "label"):
        (Path("cells") / name).mkdir(parents=True)
    return tmp_path


GIVEN = {
    "loader": [DataLoader(TensorDataset(XT, YT)), Again(), iter([(X, Y)]), Loader(Again())],
    "dataset": [Dataset(X, Y), digits()],
    "named": ["digits", "mnist"],
    "text": ["book.txt", "book.TXT", "book.txt.gz", Path("book.md.txt"), text_of("to be"), "tinyshakespeare"],
    "picture": ["a.png", Path("b.JPG")],
    "picture folder": ["folder", Path("folder")],
    "mask folder": ["cells"],
    "captioned pictures": ["captioned", Path("captioned")],
    "npz": ["a.npz", Path("a.NPZ"), "new.npy", "nowhere.npz"],
    "table": [
        "a.csv", Path("a.csv"), "./digits", Path("digits"), "book", "-", FRAME, pl.DataFrame({"a": [1]}),
    ],
    "arrays": [
        (X, Y), [X, Y], (X, Y, np.ones(12)), {"x": X, "y": Y}, (XT, YT), (FRAME[["a"]], FRAME["y"]),
        TensorDataset(XT, YT), X, X.tolist(),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "data"), [(kind, one) for kind, several in GIVEN.items() for one in several]
)
def test_who_takes_what(here, kind, data):
    assert source_of(data).kind == kind


def test_every_source_of_the_catalogue_takes_something():
    assert GIVEN.keys() <= set(catalog.names("source"))
    for row in catalog.entries("source"):
        source = row.load()()
        assert source.kind == row.name
        assert source.layout in ("rows", "streams", "foreign", "padded", "pairs")


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            3,
            "cannot learn from int: give (X, y) arrays, a data frame with target=, a torch Dataset, an .npz",
        ),
        (None, "cannot learn from NoneType: give"),
        ("nowhere.csv", "there is no file nowhere.csv"),
        ("no/where", "there is no file no/where"),
        ("digtis", "unknown data 'digtis': did you mean digits?"),
        ("tinyshakespear", "unknown data 'tinyshakespear': did you mean tinyshakespeare?"),
    ],
)
def test_what_no_source_takes_is_said_to_be_so(here, data, sentence):
    with pytest.raises(UsageError, match=f"^{re.escape(sentence)}"):
        source_of(data)


OF_TABLES = "is for tables: CSV, TSV and Parquet files, and data frames"


@pytest.mark.parametrize(
    ("data", "asked", "sentence"),
    [
        ("digits", {"target": "y"}, "digits has its target already; --target is for files"),
        ("digits", {"task": "regression"}, f"--task {OF_TABLES}"),
        ("a.npz", {"group": "a"}, f"--group {OF_TABLES}"),
        ("a.npz", {"schema": {}}, f"--schema {OF_TABLES}"),
        ((X, Y), {"time": "a"}, f"--time {OF_TABLES}"),
        ((X, Y), {"ignore": "a"}, f"--ignore {OF_TABLES}"),
        (Dataset(X, Y), {"group": "a"}, f"--group {OF_TABLES}"),
        (Again(), {"ignore": ["a", "b"]}, f"--ignore {OF_TABLES}"),
        (
            text_of("to be"),
            {"target": "y"},
            "--target is not for a text: every character is predicted from those",
        ),
        (text_of("to be"), {"group": "y"}, "--group is not for a text"),
    ],
)
def test_what_a_source_has_no_use_for_is_refused(here, data, asked, sentence):
    with pytest.raises(UsageError, match=f"^{re.escape(sentence)}"):
        source_of(data).read(data, request_of(**asked))


def test_one_name_stands_for_a_list_of_one():
    assert request_of("a", ignore="b").roles == request_of(["a"], ignore=("b",)).roles
    assert (request_of("a").target, Request().target) == ("a", None)


# ---- arrays


@pytest.mark.parametrize("arrays", [(X, Y / 2), (XT, YT / 2), [X.tolist(), (Y / 2).tolist()]])
def test_numbers_are_learned_from_arrays(arrays):
    found = load_data(arrays)
    assert (found.task, found.classes) == ("regression", ())
    np.testing.assert_allclose(found.y, Y / 2)
    assert found.question == Question("regression", ("y",))


def test_several_numbers_and_labels_are_learned_from_arrays():
    two = load_data({"x": X, "y": np.stack([Y, -Y], 1)})
    assert two.question == Question("regression", ("y1", "y2"))
    labels = load_data((X, np.stack([Y == 3, Y == 5], 1)))
    assert labels.question == Question("multilabel", ("y1", "y2"), label_type="bool")
    assert load_data((X, Y)).question == Question("classification", (3, 5))


def test_the_task_that_is_asked_for_wins():
    found = load_data((X, Y), task="regression")
    assert found.question == Question("regression", ("y",)) and found.y.tolist() == Y.tolist()
    frame = load_data(FRAME, "y", task="regression")
    assert frame.question == Question("regression", ("y",))


# ---- what fits what


ARRAYS = as_dataset((X, Y))
PLAIN = load_data(FRAME, "y")  # a frame of plain numbers, learned as its arrays are
TABLE = load_data(TOWNS, "y")
TEXT = text_of("to be or not to be")
LOADER = Loader(Again(), Question("classification"))
TABLES_ONLY = "the network was trained on a table: give it one, a CSV file or a data frame"


def like(data, first):
    return source_of(data).like(data, first)


def new(data, first):
    return source_of(data).new(data, first).examples


def test_others_are_read_in_the_classes_of_the_first():
    assert like((X[:2], [5, 3]), ARRAYS).y.tolist() == [1, 0]
    assert like((X[:2], [5, 5]), ARRAYS).y.tolist() == [1, 1]
    with pytest.raises(UsageError, match="data holds the label 7, which the network does not know"):
        like((X[:2], [5, 7]), ARRAYS)
    numbers = as_dataset((X, Y), task="regression")
    assert like((X[:2], [5, 7]), numbers).y.tolist() == [5.0, 7.0]


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_frames_are_read_by_the_names_of_the_first(library, here):
    """In any order, with columns beside; of plain numbers and of any other columns."""
    mixed = TOWNS[["town", "c", "y", "a", "b"]].assign(more=1.0)
    frame = library(mixed.to_dict("list"))
    for first in (PLAIN, TABLE):
        found = like(frame, first)
        assert found.y.tolist() == [0, 1] * 6
        np.testing.assert_allclose(found.x[:, [found.features.index(name) for name in "abc"]], X)
        inputs = new(frame, first.asking(first.question, ()))
        np.testing.assert_array_equal(inputs.x, found.x)
        assert inputs.y is None
    mixed.to_csv("mixed.csv", index=False)
    np.testing.assert_allclose(like("mixed.csv", PLAIN).x, X, rtol=1e-12)
    np.testing.assert_allclose(new("mixed.csv", PLAIN).x, X, rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda frame: frame.drop(columns="b"), "data has no column 'b': "),
        (
            lambda frame: frame.assign(b="x"),
            "column 'b' of data holds texts; the network learned from numbers",
        ),
        (lambda frame: frame.assign(b=np.nan), "the inputs hold nan at example 0, feature 'b'"),
    ],
)
def test_a_frame_that_lacks_what_was_learned_from_is_refused(change, sentence):
    with pytest.raises(UsageError, match=f"^{re.escape(sentence)}"):
        like(change(FRAME), PLAIN)


def test_a_plain_frame_is_learned_from_and_compared_again():
    assert PLAIN.fingerprint == as_dataset((X, Y)).fingerprint and PLAIN.targets == ("y",)
    assert like(FRAME, PLAIN).y.tolist() == PLAIN.y.tolist()
    assert like((X, Y), PLAIN).y.tolist() == PLAIN.y.tolist()
    assert like(FRAME.drop(columns="y"), PLAIN).y is None


@pytest.mark.parametrize("data", [(X, Y), X, "a.npz", {"x": X, "y": Y}, Again(), "folder", "cells", "a.png"])
@pytest.mark.parametrize("read", [like, new])
def test_arrays_are_no_table(here, data, read):
    with pytest.raises(UsageError, match=f"^{TABLES_ONLY}$"):
        read(data, TABLE)


def test_a_named_data_set_without_columns_is_no_table():
    for read in (like, new):
        with pytest.raises(UsageError, match="the network was trained on a table; digits is none"):
            read("digits", TABLE)


@pytest.mark.parametrize(
    "data", [(X, Y), "digits", FRAME, "a.csv", "a.npz", Again(), Dataset(X, Y), "folder", "cells", "a.png"]
)
def test_what_is_no_text_is_none_for_a_language_model(here, data):
    with pytest.raises(UsageError, match=r"^the network learns from texts: give it a text$"):
        like(data, TEXT)
    with pytest.raises(
        UsageError, match="the network is a language model: gradatim sample shows what it writes"
    ):
        new(data, TEXT)


@pytest.mark.parametrize(("first", "form"), [(ARRAYS, "tables"), (digits(), "pictures"), (LOADER, "batches")])
def test_a_text_is_no_example_for_other_networks(first, form):
    for read in (like, new):
        with pytest.raises(
            UsageError, match=f"^the network learns from {form}: a text is no example for it$"
        ):
            read(TEXT, first)


def test_a_text_is_like_a_text_and_is_continued_not_predicted():
    assert like(text_of("not to be"), TEXT).characters() == "not to be"
    with pytest.raises(UsageError, match="the network is a language model"):
        new(TEXT, TEXT)


def test_loaders_and_arrays_stand_for_each_other():
    """A loader's batches come as the network sees them, whatever it learned from; and the other way round."""
    for first in (ARRAYS, LOADER):
        found = like(Again(), first)
        assert found.layout == "foreign" and found.question.task == "classification"
    raw = like((X, [2, 0] * 6), LOADER)  # numbers of classes that the loader's maker knows
    assert raw.y.tolist() == [2, 0] * 6 and raw.classes == ()
    np.testing.assert_array_equal(new(X, LOADER).x, X)
    assert new("digits", LOADER).x.shape[1:] == (1, 8, 8)
    with pytest.raises(
        UsageError, match=r"a loader gives \(x, y\) batches, which are evaluated; predict from arr"
    ):
        new(Again(), ARRAYS)


@pytest.mark.parametrize("data", ["folder", "cells"])
def test_folders_of_pictures_are_for_networks_of_pictures(here, data):
    with pytest.raises(
        UsageError, match=r"the network was trained on examples of shape \(3,\), which are no pi"
    ):
        like(data, ARRAYS)
    with pytest.raises(
        UsageError, match="a loader, which does not say how large its pictures are: give it arr"
    ):
        like(data, LOADER)


def test_a_loader_is_not_divided_nor_described():
    source = source_of(Again())
    found = source.read(Again(), request_of(task="regression"))
    assert source.divide(found, 0.1, True) == (found, None, None)
    assert source.divide(found, 0.1, True).sizes() == {}
    with pytest.raises(UsageError, match="a loader's batches are not looked at before training"):
        source.describe(Again(), Request())


def test_one_picture_is_looked_at_and_not_learned(tmp_path):
    from PIL import Image

    Image.fromarray(np.arange(12, dtype=np.uint8).reshape(3, 4)).save(tmp_path / "a.png")
    source = source_of(tmp_path / "a.png")
    assert source.describe(tmp_path / "a.png", Request())["pixels"] is not None
    with pytest.raises(
        UsageError, match=r"a\.png is one picture, whose numbers gradatim data shows; learning"
    ):
        source.read(tmp_path / "a.png", Request())

"""The census data: made-up files of their form, and the real ones where they are."""

import os
from hashlib import sha256
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import gradatim
from gradatim.data.adult import FILES, NAMES, PLACES, adult
from gradatim.jobs.data import describe_data

home = import_module("gradatim.data.adult")  # whose name in the room is the function's

FOLDER = Path(os.environ.get("GRADATIM_DATA") or "nowhere")
needs_it = pytest.mark.skipif(
    not (FOLDER / "adult").is_dir(), reason="GRADATIM_DATA names no folder with adult/ in it"
)
ROW = "{}, Private, {}, Bachelors, 13, Divorced, ?, Not-in-family, White, Male, {}, 0, 40, Cuba, {}\n"


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """Thirty training rows and ten test rows in files of the form of the publisher's."""
    monkeypatch.setenv("GRADATIM_DATA", str(tmp_path))
    (tmp_path / "adult").mkdir()
    incomes = ["<=50K", ">50K"]
    train = "".join(ROW.format(20 + i % 11, 1000 + i * 3, i % 5, incomes[i % 2]) for i in range(30)) + "\n"
    test = (
        "".join(ROW.format(30 + i % 11, 5000 + i * 3, i % 5, incomes[i % 3 == 0] + ".") for i in range(10))
        + "\n"
    )
    contents = {"adult.data": train, "adult.test": "|1x3 Cross validator\n" + test}
    for file, content in contents.items():
        (tmp_path / "adult" / file).write_text(content)
        monkeypatch.setitem(home.FILES, file, sha256(content.encode()).hexdigest())


def test_the_test_file_follows_the_training_file(made_up):
    data = adult()
    assert data.official_test is not None
    assert data.y is not None
    assert data.official_test.tolist() == [False] * 30 + [True] * 10
    assert data.classes == ("<=50K", ">50K")
    assert data.y.tolist() == [i % 2 for i in range(30)] + [int(i % 3 == 0) for i in range(10)]
    assert data.x[:3, 0].tolist() == [20, 21, 22]
    assert (data.name, data.source, data.task) == ("adult", {"name": "adult"}, "classification")


def test_the_table_is_of_one_form():
    assert all(len(bytes.fromhex(digest)) == 32 for digest in FILES.values())
    assert len(PLACES) > 1
    assert all(place.startswith("http") and place.endswith("/") for place in PLACES)
    assert len(set(NAMES)) == 15


@needs_it
def test_sizes_and_counts_are_those_that_are_published():
    """Of adult.names: instances, missing values, and 23.93 % who earn more; the first row."""
    data = gradatim.load_data("adult")
    assert (len(data), data.x.shape[1]) == (48_842, 14)
    assert gradatim.split(data).sizes() == {"train": 29_305, "valid": 3_256, "test": 16_281}
    assert data.y is not None
    assert data.official_test is not None
    assert round(100 * data.y.mean(), 2) == 23.93
    assert np.bincount(data.y[~data.official_test]).tolist() == [24_720, 7_841]
    assert np.isnan(data.x).any(1).sum() == 48_842 - 45_222
    kinds = [one.kind for one in data.columns]
    assert (kinds.count("number"), kinds.count("category")) == (6, 8)
    row = [
        one.categories[int(v)] if one.categories else v
        for one, v in zip(data.columns, data.x[0], strict=True)
    ]
    assert row == [39, "State-gov", 77516, "Bachelors", 13, "Never-married", "Adm-clerical",
                   "Not-in-family", "White", "Male", 2174, 0, 40, "United-States"]  # fmt: skip


@needs_it
def test_it_is_described():
    facts = describe_data("adult")
    assert facts["classes"] == {"<=50K": 37155, ">50K": 11687}
    assert facts["splits"]["test"] == 16_281
    columns = {one["name"]: one for one in facts["columns"]}
    assert (columns["workclass"]["missing"], columns["age"]["largest"]) == (2799, 90)
    assert columns["sex"]["most"] == [["Male", 32650], ["Female", 16192]]
    assert (columns["income"]["use"], facts["inputs"]) == ("target", 108)

"""Columns that are found whatever the case and the spaces around their names, and none at all."""

import pandas as pd
import polars as pl
import pytest

from gradatim.checks import UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of
from gradatim.data.splits import split
from gradatim.data.tables.matching import sentences, similar_names


def load_like(data, first):
    return source_of(data).like(data, first)


@pytest.mark.parametrize(
    ("wanted", "there", "found"),
    [
        (["size", "town"], ["SIZE", " Town "], {"SIZE": "size", " Town ": "town"}),
        (["Size"], ["size"], {"size": "Size"}),
        (["size"], ["size", "Size"], {}),  # it is there
        (["size"], ["SIZE", "Size"], {}),  # which one?
        (["size", "Size"], ["SIZE"], {}),  # for which?
        (["Straße"], ["STRASSE"], {"STRASSE": "Straße"}),
        (["size"], ["sizes", "si ze"], {}),
        (["a", "a"], ["A"], {"A": "a"}),
    ],
)
def test_names_match_where_only_one_can_be_meant(wanted, there, found):
    assert similar_names(wanted, there) == found


def test_what_was_matched_is_said():
    assert sentences({}) == []
    assert sentences({"A": "a", "B ": "b"}) == [
        "columns matched regardless of case and outer spaces: 'A' as 'a', 'B ' as 'b'"
    ]
    assert sentences({f"C{i}": f"c{i}" for i in range(10)})[0].endswith("'C7' as 'c7' and 2 more")


@pytest.fixture
def first(tmp_path):
    rows = "".join(f"0{i % 3},{i / 7},{'ab'[i % 2]}\n" for i in range(60))
    (tmp_path / "a.csv").write_text("code,size,y\n" + rows)
    return split(load_data(tmp_path / "a.csv", "y")).train


def test_a_file_in_another_case_is_read_as_the_same(first, tmp_path):
    (tmp_path / "same.csv").write_text("size,code,y\n" + "1.5,01,b\n2,02,a\n" * 2)
    (tmp_path / "case.csv").write_text('SIZE, Code ," Y"\n' + "1.5,01,b\n2,02,a\n" * 2)
    same, other = (load_like(tmp_path / name, first) for name in ("same.csv", "case.csv"))
    assert (same.x == other.x).all() and (same.y == other.y).all()
    assert same.y.tolist() == [1, 0, 1, 0]  # the codes are texts, and the target is found
    assert same.notices == ()
    assert other.notices == (
        "columns matched regardless of case and outer spaces: 'Code' as 'code', 'SIZE' as 'size', 'Y' as 'y'",
    )


@pytest.mark.parametrize("library", [pd, pl])
def test_a_frame_likewise(first, library):
    frame = library.DataFrame({"Size ": [1.5, 2.0], " CODE": ["01", "02"], "Y": ["b", "a"]})
    found = load_like(frame, first)
    assert found.x.tolist() == [
        [first.columns[0].categories.index(c), s] for c, s in (("01", 1.5), ("02", 2))
    ]
    numbers = load_data(pd.DataFrame({"size": [0.5, 1.0, 2.5, 3.0], "y": ["a", "b", "a", "b"]}), "y")
    assert not numbers.columns  # a network that learned from numbers alone
    plain = load_like(frame, numbers)
    assert (plain.x.tolist(), plain.y.tolist()) == ([[1.5], [2.0]], [1, 0])
    assert plain.notices == (
        "columns matched regardless of case and outer spaces: 'Size ' as 'size', 'Y' as 'y'",
    )


def test_a_table_without_any_of_the_columns_is_refused(first, tmp_path):
    (tmp_path / "other.csv").write_text("width,y\n1,a\n2,b\n")
    sentence = (
        r"other\.csv has none of the columns that the network learned from \(code, size\); it has width, y$"
    )
    with pytest.raises(UsageError, match=sentence):
        load_like(tmp_path / "other.csv", first)
    with pytest.raises(UsageError, match="has none of the columns"):
        load_like(pd.DataFrame({"x": [1.0]}), first)
    with pytest.raises(UsageError, match="has none of the columns"):
        load_like(load_data(pd.DataFrame({"x": ["a", "b"], "z": ["a", "b"], "y": ["a", "b"]}), "y"), first)
    (tmp_path / "some.csv").write_text("code\n01\n")
    assert load_like(tmp_path / "some.csv", first).notices == (
        "missing columns, taken as missing values: 'size'",
    )

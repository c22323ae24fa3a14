"""What a frame declares of a column is looked at: as an input, as a target, and in a later table."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gradatim.data.encoders.encoder import encoder_from, fit_encoder
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of
from gradatim.data.tables.declared_types import declared_column
from gradatim.data.tables.kinds import kind_of
from gradatim.data.tables.table_from_frame import table_of_frame

N = 60
RNG = np.random.default_rng(0)
GRADES = ["low", "mid", "high"]


def stored(data):
    """A Dataset without examples of the same table, as a run knows it from its record."""
    encoder = encoder_from(json.loads(json.dumps(fit_encoder(data).as_dict())))
    return encoder.template((), ()).asking(data.question, data.targets)


def load_like(data, first):
    return source_of(data).like(data, first)


def ordered(texts):
    return pd.Categorical(texts, categories=[*GRADES, "never"], ordered=True)


@pytest.fixture
def frame():
    return pd.DataFrame({
        "x": RNG.normal(size=N), "c": pd.Categorical([(10, 20, 30)[i % 3] for i in range(N)]),
        "o": ordered([GRADES[i % 3] for i in range(N)]), "b": np.arange(N) % 2 == 0,
        "t": ["a", "b", "c", "d"] * 15,
    })  # fmt: skip


def test_numbers_that_are_declared_categories_are_classes_and_categories(frame):
    for columns in (["x", "c"], ["x", "c", "t"]):
        found = load_data(frame[columns], "c")
        assert (found.task, found.classes) == ("classification", (10, 20, 30))
        assert found.y[:3].tolist() == [0, 1, 2]
    found = load_data(frame[["x", "c", "t"]], "t")
    assert found.columns[1].kind == "category"
    assert found.columns[1].categories == ("10", "20", "30")
    alone = load_data(frame[["x", "c", "b"]], "b")
    assert [one.kind for one in alone.columns] == ["number", "category"]
    assert load_data(frame[["x", "c", "t"]], "c", task="regression").y[:3].tolist() == [10, 20, 30]


def test_ordered_categories_are_classes_in_their_order(frame):
    for columns in (["x", "o"], ["x", "o", "t"]):
        assert load_data(frame[columns], "o").classes == tuple(GRADES)
    unordered = frame.assign(o=frame["o"].astype(str).astype("category"))
    assert load_data(unordered[["x", "o"]], "o").classes == ("high", "low", "mid")
    enum = pl.DataFrame({
        "x": RNG.normal(size=N), "o": pl.Series([GRADES[i % 3] for i in range(N)], dtype=pl.Enum(GRADES)),
    })  # fmt: skip
    assert load_data(enum, "o").classes == tuple(GRADES)


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ([10, 20, 30], (10, 20, 30)), ([1.0, 2.0, 3.0], (1, 2, 3)), ([0.5, 1.5, 2.5], (0.5, 1.5, 2.5)),
        (["10", "9", "8"], ("10", "8", "9")), ([True, False, True], (False, True)),
        (["NA", "EU", "AS"], ("AS", "EU", "NA")), ([3, 20, 100], (3, 20, 100)),
    ],
)  # fmt: skip
def test_classes_are_of_the_type_that_the_categories_have(values, classes):
    table = pd.DataFrame({"x": ["a", "b"] * 30, "y": pd.Categorical([values[i % 3] for i in range(N)])})
    found = load_data(table, "y")
    assert found.classes == classes
    assert [type(name) for name in found.classes] == [type(name) for name in classes]
    assert [classes[k] for k in found.y[:3]] == values


def test_truths_are_classes_of_their_type_whatever_stands_beside_them(frame):
    plain = load_data(frame[["x", "b"]], "b")
    mixed = load_data(frame[["x", "t", "b"]], "b")
    assert plain.classes == mixed.classes == (False, True)
    mixed_again = load_like(pd.DataFrame({"x": [1.0, 2], "t": ["a", "b"], "b": ["True", "false"]}), mixed)
    assert mixed_again.y.tolist() == [1, 0]
    older = replace(mixed, classes=("false", "true"))  # as runs were written
    assert load_like(frame[["x", "t", "b"]], older).y.tolist() == mixed.y.tolist()
    nullable = frame.assign(b=frame["b"].astype("boolean"))
    assert load_data(nullable[["x", "t", "b"]], "b").classes == (False, True)


@pytest.mark.parametrize(
    ("series", "texts"),
    [
        (pd.Series(pd.Categorical([2, None, 1, 2])), ["2", None, "1", "2"]),
        (pd.Series(pd.Categorical([2.5, None, 1.0])), ["2.5", None, "1"]),
        (pd.Series(pd.Categorical(["a", None, " b"])), ["a", None, "b"]),
        (pl.Series(["a", None, "b"], dtype=pl.Categorical), ["a", None, "b"]),
        (pl.Series(["b", None, "a"], dtype=pl.Enum(["b", "a", "c"])), ["b", None, "a"]),
    ],
)
def test_every_row_has_its_category(series, texts):
    column = declared_column(series)
    assert [column.texts[i] if i >= 0 else None for i in column.values] == texts
    assert set(column.texts) == {text for text in texts if text}


def test_what_declares_nothing():
    for series in (
        pd.Series([1, 2]),
        pd.Series(["1", "2"], dtype="string"),
        pl.Series(["a"]),
        pl.Series([1.5]),
    ):
        assert declared_column(series) is None


def test_declared_texts_stay_texts():
    """Digits in a column of type string are no numbers; nullable ones are."""
    table = table_of_frame(pd.DataFrame({
        "s": pd.array(["10", "20", None] * 20, dtype="string"),
        "i": pd.array([1, None, 3] * 20, dtype="Int64"),
        "f": pd.array([1.5, None, 3] * 20, dtype="Float64"),
        "d": pd.Categorical(["2024-01-01", "2024-01-02", "2024-01-03"] * 20),
    }))  # fmt: skip
    kinds = {name: kind_of(name, column).kind for name, column in table.columns.items()}
    assert kinds == {"s": "category", "i": "number", "f": "number", "d": "category"}


def test_a_category_that_never_comes_again_is_of_no_use():
    names = table_of_frame(
        pd.DataFrame({"n": pd.Categorical(range(N)), "one": pd.Categorical([1] * N)})
    ).columns
    assert kind_of("n", names["n"]).kind == "identifier"
    assert kind_of("one", names["one"]).kind == "constant"


def test_a_later_table_need_not_declare_the_same(frame, tmp_path):
    first = load_data(frame[["x", "c", "o"]], "o")
    like = stored(first)
    plain = frame[["x", "c", "o"]].astype({"c": int, "o": str})
    plain.to_csv(tmp_path / "later.csv", index=False)
    for later in (plain, frame[["c", "x", "o"]], tmp_path / "later.csv"):
        again = load_like(later, like)
        np.testing.assert_allclose(again.x[:, 0], first.x[:, 0])
        names = [like.columns[1].categories[int(i)] for i in again.x[:, 1]]
        assert names == [str(value) for value in frame["c"]]
        assert again.y.tolist() == first.y.tolist()


def test_values_of_several_types_are_told_of():
    mixed = pd.Series([1, "a"] * 30, dtype=object)
    for beside in ({"x": np.arange(N) / 7}, {"x": ["u", "v", "w"] * 20}):
        found = load_data(pd.DataFrame({**beside, "y": mixed}), "y")
        assert found.classes == ("1", "a")
        assert "target 'y': its values are numbers and texts, all taken as texts" in found.notices
    found = load_data(
        pd.DataFrame({"x": pd.Series([True, 2.5, 3] * 20, dtype=object), "y": ["a", "b"] * 30}), "y"
    )
    assert "column 'x': its values are booleans and numbers, all taken as numbers" in found.notices


def test_whole_numbers_that_no_float_holds_are_told_of_beside_missing_ones():
    values = [1, 2**53 + 1, None, -(2**60)]
    frames = [
        pd.DataFrame({"n": pd.Series(values, dtype="Int64")}),
        pd.DataFrame({"n": pd.Series(values, dtype=object)}),
        pl.DataFrame({"n": values}),
    ]
    for frame in frames:
        column = table_of_frame(frame).columns["n"]
        assert column.rounded == 2 and np.isnan(column.values[2])
        assert kind_of("n", column).why == "2 whole numbers beyond 2^53 rounded"

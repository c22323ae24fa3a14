"""What a column is taken for, the schema that says so, and the target."""

import json

import numpy as np
import pandas as pd
import polars as pl
import pytest

from gradatim.checks import GradatimError, UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import Request
from gradatim.data.sources.table import TableSource, read_examples
from gradatim.data.tables.kinds import kind_of
from gradatim.data.tables.reading import read_table
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.schema import read_schema, schema_from
from gradatim.data.tables.table_from_frame import table_of_frame

N = 60


def column(values, name="it"):
    text = f"{name},other\n" + "".join(f'"{value}",{i % 7}\n' for i, value in enumerate(values))
    return read_table(text.encode()).columns[name]


@pytest.mark.parametrize(
    ("name", "values", "kind"),
    [
        ("it", [i / 3 for i in range(N)], "number"),
        ("it", [i % 7 for i in range(N)], "number"),
        ("it", [i % 2 for i in range(N)], "boolean"),
        ("it", [["Yes", "no", ""][i % 3] for i in range(N)], "boolean"),
        ("it", [["T", "F"][i % 2] for i in range(N)], "boolean"),
        ("it", [["a", "b"][i % 2] for i in range(N)], "category"),
        ("it", [["male", "female"][i % 2] for i in range(N)], "category"),
        ("it", [f"2024-01-{i % 28 + 1:02d}" for i in range(N)], "date"),
        ("it", [f"{i % 28 + 1}/{i % 12 + 1}/2024" for i in range(N)], "date"),
        ("it", range(N), "identifier"),
        ("it", range(1, N + 1), "identifier"),
        ("it", range(1950, 1950 + N), "number"),
        ("user_id", [i * 7919 % 1000 for i in range(N)], "identifier"),
        ("UserID", [i * 7919 % 1000 for i in range(N)], "identifier"),
        ("paid", [i * 7919 % 1000 for i in range(N)], "number"),
        ("it", [f"u{i}" for i in range(N)], "identifier"),
        ("it", [f"I liked film number {i} a lot" for i in range(N)], "text"),
        ("it", ["x"] * N, "constant"),
        ("it", [4] * N, "constant"),
        ("it", [["x", ""][i % 2] for i in range(N)], "category"),
        ("it", [""] * N, "empty"),
        ("it", ["a", "b", "c"], "category"),
    ],
)
def test_kinds(name, values, kind):
    assert kind_of(name, column(values, name)).kind == kind


def test_a_counting_column_is_learned_from_when_there_is_no_other(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n" + "".join(f"{i},{i * i / 3}\n" for i in range(N)))
    assert load_data(tmp_path / "a.csv", "y").features == ("x",)


@pytest.fixture
def file(tmp_path):
    rng = np.random.default_rng(0)
    path = tmp_path / "shop.csv"
    rows = [
        f"{i + 1},{rng.normal():.3f},{'abc'[i % 3]},00{i % 4},2024-0{i % 9 + 1}-11,{['yes', 'no'][i % 2]},"
        f"{i % 3},{i / 7:.2f}"
        for i in range(N)
    ]
    path.write_text("id,size,kind,code,day,left,grade,price\n" + "\n".join(rows) + "\n")
    return path


def again_from(source):
    """The Dataset that says of itself where it came from."""
    return load_data(source["path"], **{key: value for key, value in source.items() if key != "path"})


def test_a_schema_is_written_edited_and_followed(file, tmp_path):
    found = read_examples(file, Request(Roles(("left",))))
    content = json.loads(json.dumps(found.schema.as_dict()))
    kinds = {one["name"]: (one["kind"], one["use"]) for one in content["columns"]}
    assert kinds == {
        "id": ("identifier", "ignore"), "size": ("number", "input"), "kind": ("category", "input"),
        "code": ("category", "input"), "day": ("date", "input"), "left": ("boolean", "target"),
        "grade": ("number", "input"), "price": ("number", "input"),
    }  # fmt: skip
    for one in content["columns"]:
        if one["name"] == "grade":
            one["kind"] = "category"
        if one["name"] in ("left", "price", "code"):
            one["use"] = {"left": "ignore", "price": "target", "code": "group"}[one["name"]]
    (tmp_path / "schema.json").write_text(json.dumps({"format": 1, **content}))
    again = load_data(file, schema=tmp_path / "schema.json")
    assert (again.task, again.targets, again.features) == (
        "regression",
        ("price",),
        ("size", "kind", "day", "grade"),
    )
    assert again.columns[3].categories == ("0", "1", "2")
    assert again.groups is not None
    assert len(np.unique(again.groups)) == 4
    assert again_from(again.source).fingerprint == again.fingerprint
    assert load_data(file, "left", schema=tmp_path / "schema.json").targets == ("left",)  # asked for wins
    assert again_from(load_data(file, "left", ignore=["size"]).source).features == (
        "kind",
        "code",
        "day",
        "grade",
        "price",
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"columns": 3}, "the schema is not a schema: it has no list of columns"),
        ({"columns": [{"kind": "number"}]}, "the schema: column 1 has no name"),
        (
            {"columns": [{"name": "a", "kind": "nmber"}]},
            "column 'a': unknown kind 'nmber': did you mean number",
        ),
        (
            {"columns": [{"name": "a", "kind": "number", "use": "x"}]},
            "unknown use 'x': choose from group, ignore",
        ),
        (
            {"columns": [{"name": "a", "kind": "identifier"}]},
            "a column of kind identifier is no input; make it one of number",
        ),
        ({"columns": [{"name": "nix", "kind": "number"}]}, "has no column 'nix'"),
        ({"columns": [], "task": "guessing"}, "unknown task 'guessing'"),
        ({"columns": [], "reading": 3}, "the reading must be an object"),
    ],
)
def test_a_schema_that_cannot_be_followed(file, change, sentence):
    with pytest.raises(UsageError, match=sentence):
        load_data(file, schema=change)


def test_a_schema_file_that_is_none(file, tmp_path):
    with pytest.raises(GradatimError, match="there is no schema at"):
        load_data(file, schema=tmp_path / "none.json")
    (tmp_path / "a.json").write_text("{")
    with pytest.raises(GradatimError, match="is not a schema, or is damaged"):
        read_schema(tmp_path / "a.json")
    assert schema_from({"columns": []}, "x").as_dict()["columns"] == []


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ({"target": "left", "ignore": "left"}, "column 'left' cannot be both target and ignore"),
        (
            {"target": "left", "group": "code", "time": "day"},
            "rows are split by group or by time, not by both",
        ),
        ({"target": "left", "time": "kind"}, "--time needs dates or numbers; 'kind' holds 'a'"),
        ({"target": "left", "group": "cod"}, "has no column 'cod': did you mean code"),
        ({"target": "left", "task": "regresion"}, "unknown task 'regresion': did you mean regression"),
        ({"target": "left", "task": "multilabel"}, "needs several targets of yes and no"),
        ({"target": "kind", "task": "regression"}, "regression needs numbers; the target 'kind' holds 'a'"),
        (
            {"target": "kind,left", "task": "multilabel"},
            "targets are yes and no; 'kind' holds something else",
        ),
        ({"target": "kind,left", "task": "classification"}, "one target is classified at a time"),
        (
            {"target": "kind,price", "task": "regression"},
            "regression needs numbers; the target 'kind' holds 'a'",
        ),
    ],
)
def test_roles_that_cannot_be(file, how, sentence):
    with pytest.raises(UsageError, match=sentence):
        load_data(file, **how)


def test_a_row_without_a_time_is_named(tmp_path):
    (tmp_path / "a.csv").write_text("t,x,y\n2024-01-01,1.5,2.5\n,2.5,3.5\n2024-01-02,4.5,9.5\n")
    with pytest.raises(UsageError, match="row 2 has no time in 't'"):
        load_data(tmp_path / "a.csv", "y", time="t")
    (tmp_path / "b.csv").write_text("t,x,y\n.,1.5,2.5\n.,2.5,3.5\n.,4.5,9.5\n")
    with pytest.raises(UsageError, match="--time needs dates or numbers; 't' is empty"):
        load_data(tmp_path / "b.csv", "y", time="t")


@pytest.mark.parametrize(
    ("target", "task", "classes", "y"),
    [
        ("left", "classification", ("no", "yes"), [1, 0, 1]),
        ("kind", "classification", ("a", "b", "c"), [0, 1, 2]),
        ("grade", "classification", (0, 1, 2), [0, 1, 2]),
        ("price", "regression", (), [0.0, 0.14, 0.29]),
        ("day", "regression", (), [1704931200.0, 1707609600.0, 1710115200.0]),
        ("price,size", "regression", (), [[0.0, 0.126], [0.14, -0.132], [0.29, 0.64]]),
        (["price", "grade"], "regression", (), [[0, 0], [0.14, 1], [0.29, 2]]),
    ],
)
def test_targets_say_what_task_they_set(file, target, task, classes, y):
    found = load_data(file, target)
    assert (found.task, found.classes) == (task, classes)
    np.testing.assert_allclose(found.y[:3], y)
    assert not set(found.targets) & set(found.features)


def test_the_task_can_be_asked_for(file):
    assert load_data(file, "grade", task="regression").y.dtype == np.float64  # type: ignore[union-attr]
    assert load_data(file, "id", task="regression").task == "regression"
    table = pd.DataFrame({"x": np.arange(40) / 3, "a": [0, 1] * 20, "b": ["yes", "yes", "no", "no"] * 10})
    found = load_data(table, ["a", "b"])
    assert found.task == "multilabel"
    assert found.y is not None
    assert found.y[:4].tolist() == [[0, 1], [1, 1], [0, 0], [1, 0]]


def test_many_whole_numbers_are_no_classes():
    x = np.arange(200) / 7
    for values, task in (
        (np.arange(200) % 10, "classification"), (np.arange(200) % 30, "regression"),
        (np.arange(200) % 3 * 100, "regression"), (np.arange(200) % 2 * 5, "regression"),
        (np.arange(200) % 2, "classification"), (np.arange(200) % 2 + 1, "classification"),
    ):  # fmt: skip
        assert load_data(pd.DataFrame({"x": x, "y": values}), "y").task == task


@pytest.mark.parametrize(
    ("values", "why"),
    [
        (np.arange(200) % 5 + 1, "5 different whole numbers; --task regression predicts it as a number"),
        (np.arange(200) % 3 * 100, "3 different numbers; --task classification predicts them as classes"),
        (np.arange(200) % 30, "30 different numbers"),
        (np.arange(200) % 7 / 2, "fractions"),
    ],
)
def test_a_choice_is_said_with_what_overrules_it(values, why):
    frame = pd.DataFrame({"x": ["a", "b", "c", "d"] * 50, "y": values})
    assert read_examples(frame, Request(Roles(("y",)))).why == f"the target holds {why}"


def test_labels_that_are_nearly_the_same_are_told_of(tmp_path):
    (tmp_path / "a.csv").write_text(
        "x,y\n" + "".join(f"{i % 7},{['Yes', 'yes', 'no'][i % 3]}\n" for i in range(60))
    )
    assert (
        "classes that differ only in case or spaces: 'Yes' and 'yes'"
        in load_data(tmp_path / "a.csv", "y").notices
    )
    first = load_data(pd.DataFrame({"x": ["a", "b"] * 20, "y": ["Yes", "no"] * 20}), "y")
    with pytest.raises(
        UsageError, match="holds the label 'yes', which the network does not know; did you mean Yes"
    ):
        TableSource().like(pd.DataFrame({"x": ["a", "b"], "y": ["yes", "no"]}), first)


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_frames_of_both_libraries_are_tables(library):
    moments = np.array(["2024-01-01T12:00", "2024-02-01", "NaT", "2024-03-01"], dtype="datetime64[us]")
    frame = library({
        "n": [1.5, None, 2.5, float("inf")], "i": [1, 2, 3, 4], "b": [True, None, False, True],
        "t": ["a", None, " b", "NA"], "d": moments, "l": [[1], [2], [3], [4]], "big": [2**53 + 1, 1, 2, 3],
    })  # fmt: skip
    table = table_of_frame(frame)
    assert {name: one.kind for name, one in table.columns.items()} == {
        "n": "number", "i": "number", "b": "boolean", "t": "text", "d": "date", "big": "number",
    }  # fmt: skip
    assert "column 'l' is left out: it holds" in table.notices[0]
    np.testing.assert_array_equal(table.columns["n"].values, [1.5, np.nan, 2.5, np.nan])
    np.testing.assert_array_equal(table.columns["b"].values, [1, np.nan, 0, 1])
    np.testing.assert_array_equal(table.columns["d"].values, [1704110400, 1706745600, np.nan, 1709251200])
    assert table.columns["t"].texts == ("a", "b", "NA")  # which is a text in memory
    assert table.columns["t"].values.tolist() == [0, -1, 1, 2]
    assert (table.columns["n"].infinite, table.columns["big"].rounded) == (1, 1)


def test_columns_may_be_called_by_numbers_and_twice():
    frame = pd.DataFrame(np.arange(60).reshape(20, 3) / 7)
    frame[3] = ["a", "b"] * 10
    for target in (3, "3"):
        assert load_data(frame, target).features == ("0", "1", "2")
    frame[1] = frame[1].where(frame[1] > 1)
    assert load_data(frame, 3).columns[1].name == "1"
    frame.columns = ["a", "b", "a", "y"]
    assert load_data(frame, "y").features == ("a", "b", "a (2)")
    assert load_data(frame.fillna(0), "y").features == ("a", "b", "a (2)")


def test_pandas_own_types_are_read():
    frame = pd.DataFrame({
        "i": pd.array([1, None, 3], dtype="Int64"), "c": pd.Categorical(["x", None, "y"]),
        "s": pd.array(["u", None, "v"], dtype="string"), "b": pd.array([True, None, False], dtype="boolean"),
        "z": pd.to_datetime(["2024-01-01", None, "2024-01-02"], utc=True),
    })  # fmt: skip
    columns = table_of_frame(frame).columns
    assert [one.kind for one in columns.values()] == ["number", "text", "text", "boolean", "date"]
    np.testing.assert_array_equal(columns["i"].values, [1, np.nan, 3])
    np.testing.assert_array_equal(columns["z"].values, [1704067200, np.nan, 1704153600])


def test_a_frame_without_rows():
    with pytest.raises(GradatimError, match="data has no row"):
        load_data(pd.DataFrame({"a": []}), "a")

"""Sets of labels in one column: found, coded, written, kept by the schema, and refused in a sentence."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import MultiLabelBinarizer

import gradatim
from gradatim.checks import UsageError
from gradatim.data.loading import load_data
from gradatim.data.sources.source import Request
from gradatim.data.sources.table import read_examples
from gradatim.data.splits import split
from gradatim.data.tables.labels import Labels, find_labels
from gradatim.data.tables.roles import Roles
from gradatim.data.tables.table_from_frame import column_of
from gradatim.jobs.data import describe_data

NAMES = ["a b", "b", "c,d", "é", "007"]
SETS = Roles(("tags",), "multilabel")


@given(
    st.lists(st.lists(st.sampled_from(NAMES), unique=True), min_size=1).filter(any),
    st.sampled_from([";", "|"]),
)
def test_they_are_scikit_learn_s(sets, separator):
    column = column_of(np.array([f" {separator} ".join(one) for one in sets], dtype=object))
    labels = find_labels(column, "tags", separator)
    oracle = MultiLabelBinarizer()
    expected = oracle.fit_transform(sets)
    assert labels.names == tuple(oracle.classes_)
    answers, unknown = labels.answers(column)
    np.testing.assert_array_equal(answers, expected)
    assert unknown == 0
    again = column_of(np.array(labels.written(answers), dtype=object))
    np.testing.assert_array_equal(labels.answers(again)[0], expected)


def test_labels_of_another_column_are_counted_and_left_out():
    labels = Labels(("blue", "red"), ";")
    answers, unknown = labels.answers(column_of(np.array(["red;pink;red", "", "mauve", None], dtype=object)))
    assert answers.tolist() == [[0, 1], [0, 0], [0, 0], [0, 0]]
    assert unknown == 2


def tagged(n=200, separator=";"):
    """Tags that depend on the sign of a number each; the last column is numbers to whoever looks at it."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(n, 2)).round(3)
    sets = [[name for name, value in zip(("1", "2"), row, strict=True) if value > 0] for row in x]
    frame = pd.DataFrame({"u": x[:, 0], "v": x[:, 1], "tags": [separator.join(one) for one in sets]})
    return frame, (x > 0).astype(int)


@pytest.mark.parametrize("separator", [";", "|", ","])
def test_a_file_of_sets_is_read_as_they_are_written(tmp_path, separator):
    """Empty cells are rows without a label; labels such as 1 and a decimal comma stay texts."""
    frame, y = tagged(separator=separator)
    frame.to_csv(tmp_path / "t.csv", index=False)
    found = read_examples(tmp_path / "t.csv", Request(SETS))
    assert found.dataset.labels == Labels(("1", "2"), separator)
    np.testing.assert_array_equal(found.dataset.y, y)
    assert found.dataset.task == "multilabel"
    kept = next(one for one in found.schema.as_dict()["columns"] if one["name"] == "tags")
    assert (kept["kind"], kept["use"], kept["separator"]) == ("labels", "target", separator)


def test_the_schema_says_it_and_can_be_changed(tmp_path):
    (tmp_path / "t.csv").write_text("x,tags\n" + "1,a;b|c\n2,a\n3,b|c;a\n" * 10)
    facts = describe_data(
        tmp_path / "t.csv", "tags", task="multilabel", schema=tmp_path / "s.json", ignore=None
    )
    assert facts["labels"] == {"a": 30, "b|c": 20}
    assert (facts["separator"], facts["without"]) == (";", 0)
    assert facts["head"].startswith("2 labels: one sigmoid output each")
    schema = json.loads((tmp_path / "s.json").read_text())
    schema["columns"][1]["separator"], schema["task"] = "|", None
    found = load_data(tmp_path / "t.csv", schema=schema)
    assert found.labels == Labels(("a", "a;b", "b", "c", "c;a"), "|")
    for wrong in (3, " "):
        schema["columns"][1]["separator"] = wrong
        with pytest.raises(UsageError, match="column 'tags': a separator is a text such as ';'; it is"):
            load_data(tmp_path / "t.csv", schema=schema)
    schema["columns"][1] |= {"separator": "", "use": "input"}
    with pytest.raises(UsageError, match="a column of kind labels is no input"):
        load_data(tmp_path / "t.csv", schema=schema)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (["a", "b"] * 10, "whose cells are sets of labels with ; | or , between them; 'tags' holds 'a'"),
        ([";", "; ;"] * 10, "no cell of the target 'tags' holds a label"),
        ([""] * 20, "sets of labels with ; | or , between them$"),
        (["a;b"] * 20, "the target 'tags' is 'a;b' in every row: there is nothing to learn"),
        ([f"t{i};u{i}" for i in range(60)], "hold 120 different labels in 60 rows: too many to be learned"),
    ],
)
def test_what_cannot_be_learned_is_told(cells, sentence):
    frame = pd.DataFrame({"x": range(len(cells)), "z": [i % 3 for i in range(len(cells))], "tags": cells})
    with pytest.raises(UsageError, match=sentence):
        load_data(frame, "tags", task="multilabel")


def test_rare_sets_are_divided_by_chance_and_not_by_their_order():
    """Sets that are nearly all different: the first label is as often in the test as elsewhere."""
    rng = np.random.default_rng(0)
    y = rng.random((400, 12)) < 0.4
    cells = [";".join(f"t{k:02d}" for k in np.flatnonzero(row)) for row in y]
    frame = pd.DataFrame({"x": rng.normal(size=400), "tags": cells})
    parts = split(load_data(frame, "tags", task="multilabel"))
    assert abs(parts.test.y[:, 0].mean() - parts.train.y[:, 0].mean()) < 0.15


@pytest.mark.parametrize("engine", ["numpy", pytest.param("torch", marks=pytest.mark.slow)])
def test_from_the_file_to_sets_in_the_same_form(tmp_path, engine):
    frame, y = tagged()
    frame.to_csv(tmp_path / "t.csv", index=False)
    run = gradatim.train(
        tmp_path / "t.csv", target="tags", task="multilabel", engine=engine, threads=1, quiet=True, epochs=60
    )
    assert run.metrics["subset_accuracy"] > 0.85
    again = gradatim.load(run.path)
    assert again.evaluate() == run.evaluate()
    found = again.predict(tmp_path / "t.csv")
    assert list(found.columns()) == ["prediction", "p(1)", "p(2)"]
    np.testing.assert_array_equal(found.labels, found.probabilities > 0.5)
    assert (found.labels == y).mean() > 0.9
    (tmp_path / "said.csv").write_text(found.to_csv())
    said = pd.read_csv(tmp_path / "said.csv", dtype=str, keep_default_na=False)
    answers, _ = Labels(("1", "2"), ";").answers(column_of(said["prediction"].to_numpy()))
    np.testing.assert_array_equal(answers, found.labels)
    (tmp_path / "new.csv").write_text("v,u,tags\n1,1,2;3;1\n-1,-1,\n1,-1,2\n")
    measured = again.evaluate(tmp_path / "new.csv")
    assert measured["n"] == 3
    assert measured["metrics"]["subset_accuracy"] == 1
    assert measured["notices"] == ["1 unknown label left out of 'tags'"]

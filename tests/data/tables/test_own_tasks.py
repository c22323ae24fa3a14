"""H1: rows that belong to one task each become several targets, divided by task; new rows by their task."""

import numpy as np
import pandas as pd
import pytest

from gradatim.checks import UsageError
from gradatim.data.sources.source import request_of
from gradatim.data.sources.table import TableSource, examples_like, table_like
from gradatim.data.splits import split
from gradatim.data.tables.own_tasks import spread


def frame(n=60, classes=False):
    rng = np.random.default_rng(0)
    found = pd.DataFrame({"x": rng.normal(size=n), "z": rng.normal(size=n), "site": rng.integers(0, 3, n)})
    found["site"] = found["site"].map({0: "007", 1: "b", 2: "a,c"})
    found["y"] = np.where(found["x"] > 0, "yes", "no") if classes else found["x"] + rng.normal(size=n)
    return found


def read(table, **asked):
    return TableSource().read(table, request_of("y", task_of="site", **asked))


@pytest.mark.parametrize("classes", [False, True])
def test_every_row_has_the_target_of_its_task(classes, tmp_path):
    table = frame(classes=classes)
    table.to_csv(tmp_path / "t.csv", index=False)
    found = read(str(tmp_path / "t.csv"))
    names = [name for name, _ in found.tasks]
    assert names == ["007", "a,c", "b"] and found.features == ("x", "z") and found.task_of == "site"
    assert [names[t] for t in found.row_tasks] == table["site"].tolist()
    own = np.take_along_axis(found.y, found.row_tasks[:, None], 1)[:, 0]
    expected = (table["y"] == "yes") * 1.0 if classes else table["y"]
    np.testing.assert_allclose(own, expected, atol=1e-12)
    assert (np.isnan(found.y).sum(1) == 2).all()
    assert {one for _, one in found.tasks} == {("no", "yes") if classes else ()}
    assert read(table).fingerprint == found.fingerprint


@pytest.mark.parametrize("classes", [False, True])
def test_every_task_is_in_every_part_in_its_share(classes):
    table = pd.concat([frame(400, classes), frame(60, classes).assign(site="d").iloc[:4]], ignore_index=True)
    found = read(table)
    parts = split(found)
    for part, share in zip(parts, (0.72, 0.08, 0.2), strict=True):
        counts = np.bincount(part.row_tasks, minlength=4)
        assert counts.min() >= 1
        expected = share * np.bincount(found.row_tasks)
        assert (np.abs(counts - expected)[[0, 1, 2]] <= 2).all()
    if classes:
        rates = [np.nanmean(part.y, axis=0)[:3] for part in parts]
        np.testing.assert_allclose(rates[0], rates[2], atol=0.05)


def test_new_rows_find_their_task_in_any_order_and_without_a_target():
    table = frame()
    first = read(table)
    first = first.asking(first.question, first.targets)
    other = table.iloc[::-1].reset_index(drop=True)[["site", "z", "y", "x"]]
    found, _ = examples_like(table_like(other, first), first)
    np.testing.assert_allclose(found.y, first.y[::-1])
    bare, _ = examples_like(table_like(other.drop(columns="y"), first), first)
    np.testing.assert_array_equal(bare.row_tasks, first.row_tasks[::-1])
    assert bare.y is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t.assign(site="b"), "'site' is 'b' in every row: several tasks need two"),
        (
            lambda t: t.assign(site=[f"s{i}" for i in range(len(t))]),
            "1,200 different values, and at most 1,000",
        ),
        (
            lambda t: pd.concat([t, t.iloc[:1].assign(site="one")]),
            "the task 'one' of 'site' has fewer than 3",
        ),
        (lambda t: t[["site", "y"]], "only input"),
        (lambda t: t.rename(columns={"site": "place"}), "no column 'site'"),
    ],
)
def test_what_are_no_tasks_is_refused(change, says):
    with pytest.raises(UsageError, match=says):
        read(change(frame(1200)))


def test_only_one_target_of_classes_or_a_number_is_taken():
    with pytest.raises(UsageError, match="--task-of needs one target"):
        TableSource().read(frame().assign(w=1), request_of("y,w", task_of="site"))
    with pytest.raises(UsageError, match="cannot be both target and column of tasks"):
        TableSource().read(frame(), request_of("site", task_of="site"))


def test_rows_without_a_task_and_tasks_without_a_target_are_left_out_and_said():
    table = frame()
    table.loc[:4, "site"] = None
    table.loc[table["site"] == "b", "y"] = np.nan
    found = read(table)
    assert [name for name, _ in found.tasks] == ["007", "a,c"]
    said = " ".join(found.notices)
    assert "without a task in 'site' left out" in said
    assert "the task 'b' of 'site' left out: no row with a target" in said


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            lambda t: t.assign(site="far"),
            "the task 'far', the first in row 1, which the network has not learned",
        ),
        (lambda t: t.assign(site=[None, *t["site"][1:]]), "row 1 of data names no task"),
        (lambda t: t.drop(columns="site"), "no column 'site', which says the task of each row"),
    ],
)
def test_a_new_row_s_task_must_be_known(change, says):
    first = read(frame())
    other = change(frame())
    with pytest.raises(UsageError, match=says):
        examples_like(table_like(other, first), first)


def test_targets_are_spread_over_their_tasks():
    np.testing.assert_array_equal(spread(np.array([3.0]), np.array([1]), 2), [[np.nan, 3.0]])

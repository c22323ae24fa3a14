"""What stands beside the network: learned from the training examples alone, equal to scikit-learn's own."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_info, threadpool_limits

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.explain import baselines
from gradatim.explain.baselines import compare

QUICK = {"epochs": 2, "hidden": 4, "threads": 1, "quiet": True}


def named(rows):
    return {row["name"]: row["metrics"] for row in rows}


def compared(run, stop=lambda: False):
    return compare(run.data.train, run.data.test, run.trained, None, 0, stop)


@pytest.fixture
def frame():
    """Who stays depends on where they live, by the parity of the town's number: trees and one-hot see it."""
    rng = np.random.default_rng(0)
    n = 600
    town, size = rng.integers(0, 8, n), rng.normal(0, 1, n)
    left = np.where((town % 2 == 0) ^ (rng.random(n) < 0.05), "gone", "stays")
    table = pd.DataFrame({"town": [f"t{k}" for k in town], "size": size, "left": left})
    table.loc[rng.random(n) < 0.2, "size"] = np.nan
    table.loc[rng.random(n) < 0.1, "town"] = None
    return table


def test_they_are_scikit_learn_s_own():
    run = gradatim.train(load_iris(as_frame=True).frame, target="target", **QUICK)
    train, test = run.data.train, run.data.test
    scaler = StandardScaler().fit(train.x)
    p = (
        LogisticRegression(max_iter=1000)
        .fit(scaler.transform(train.x), train.y)
        .predict_proba(scaler.transform(test.x))
    )
    trees = HistGradientBoostingClassifier(random_state=0).fit(train.x, train.y)
    rows = named(run.baselines)
    assert list(rows) == ["majority", "linear model", "boosted trees"]
    assert rows["linear model"]["accuracy"] == accuracy_score(test.y, p.argmax(1))
    assert rows["linear model"]["loss"] == pytest.approx(log_loss(test.y, p), abs=1e-4)  # float32 inputs
    assert rows["boosted trees"]["accuracy"] == trees.score(test.x, test.y)
    share = np.bincount(train.y) / len(train)
    assert rows["majority"]["loss"] == pytest.approx(-np.log(share[test.y]).mean(), abs=1e-12)


def test_numbers_in_their_own_unit():
    table = load_diabetes(as_frame=True).frame
    run = gradatim.train(table, target="target", **QUICK)
    train, test = run.data.train, run.data.test
    rows = named(run.baselines)
    assert list(rows) == ["mean", "linear model", "boosted trees"]
    mean = DummyRegressor().fit(train.x, train.y).predict(test.x)
    assert rows["mean"]["r2"] == pytest.approx(r2_score(test.y, mean), abs=1e-9)
    x, x_test = (run.trained.encoder.inputs(part) for part in (train, test))
    ridge = Ridge().fit(x, train.y).predict(x_test)
    assert rows["linear model"]["r2"] == pytest.approx(r2_score(test.y, ridge), abs=1e-6)


def test_categories_and_missing_values_are_learned(frame):
    rows = named(gradatim.train(frame, target="left", **QUICK).baselines)
    assert rows["linear model"]["accuracy"] > 0.8
    assert rows["boosted trees"]["accuracy"] > 0.8
    assert rows["majority"]["accuracy"] < 0.7
    assert rows["majority"]["auc"] == 0.5


def test_dates_are_expanded_for_the_trees_as_for_the_network():
    """Later days than any in training: the weekday is known, the day itself says nothing."""
    days = pd.date_range("2022-01-01", periods=700)
    rng = np.random.default_rng(0)
    sold = 10 * np.cos(2 * np.pi * days.day_of_week / 7) + rng.normal(0, 0.5, 700)
    frame = pd.DataFrame({"n": np.arange(700), "day": days, "sold": sold})
    run = gradatim.train(frame, target="sold", time="n", **QUICK)
    rows = named(run.baselines)
    assert rows["boosted trees"]["r2"] > 0.97
    assert rows["linear model"]["r2"] > 0.97
    train, test = run.data.train, run.data.test
    encoded = (run.trained.encoder.inputs(part) for part in (train, test))
    x, x_test = (part[:, 3:5] for part in encoded)  # sine and cosine of the week
    alone = HistGradientBoostingRegressor(random_state=0).fit(x, train.y).score(x_test, test.y)
    assert rows["boosted trees"]["r2"] == pytest.approx(alone, abs=0.02)


def test_validation_is_not_theirs(frame):
    """Other answers in the validation examples change nothing."""
    run = gradatim.train(frame, target="left", **QUICK)
    run.data.valid.y[:] = 1 - run.data.valid.y
    again, failed = compared(run)
    assert named(again) == named(run.baselines)
    assert failed == []


def test_they_are_kept_and_not_learned_again(frame, tmp_path, monkeypatch):
    frame.to_csv(tmp_path / "t.csv", index=False)
    run = gradatim.train(tmp_path / "t.csv", target="left", **QUICK)
    kept = run.folder.baselines.read_bytes()
    assert json.loads(kept)["format"] == 2
    monkeypatch.setattr(baselines, "_Beside", None)
    page = gradatim.load(run.path).report().read_text()
    assert "boosted trees" in page
    on = gradatim.train(resume=run.path, epochs=3, out="on", quiet=True)
    assert on.folder.baselines.read_bytes() == kept
    run.folder.baselines.write_text('{"format": 2, "rows": [3]}')
    with pytest.raises(GradatimError, match=r"baselines\.json is damaged"):
        gradatim.load(run.path).baselines  # noqa: B018


def test_they_can_be_left_out_and_pictures_have_none(frame, tmp_path):
    run = gradatim.train(frame, target="left", baselines=False, **QUICK)
    assert run.baselines == []
    assert "boosted trees" not in run.folder.report.read_text()
    with pytest.raises(UsageError, match="baselines cannot change"):
        gradatim.train(resume=run.path, baselines=False, quiet=True)
    assert gradatim.train("digits", **QUICK).baselines == []


def test_several_labels_and_several_numbers(frame):
    frame = frame.assign(
        a=np.where(frame["left"] == "gone", "yes", "no"), b=np.where(frame["town"] == "t1", "yes", "no")
    )
    rows = named(
        gradatim.train(frame, target=["a", "b"], ignore="left", task="multilabel", **QUICK).baselines
    )
    assert rows["boosted trees"]["subset_accuracy"] > 0.8
    assert rows["majority"]["subset_accuracy"] < rows["linear model"]["subset_accuracy"]
    numbers = frame.assign(c=frame["size"].fillna(0) * 2, d=1.5 - frame["size"].fillna(0))
    rows = named(gradatim.train(numbers, target="c,d", ignore=["a", "b"], **QUICK).baselines)
    assert rows["boosted trees"]["r2"] > 0.9


def test_more_categories_than_trees_take(frame):
    rng = np.random.default_rng(0)
    towns = [f"t{k}" for k in rng.integers(0, 400, 3000)]
    table = pd.DataFrame({"town": towns, "size": rng.normal(0, 1, 3000)})
    table["left"] = np.where(table["size"] > 0, "gone", "stays")
    run = gradatim.train(table, target="left", **QUICK)
    assert named(run.baselines)["boosted trees"]["accuracy"] > 0.95


def test_of_very_many_examples_some_are_drawn_and_it_is_said(frame, monkeypatch):
    monkeypatch.setattr(baselines, "MOST_CELLS", 1)  # then 1,000 examples are learned from
    table = pd.concat([frame] * 3, ignore_index=True)
    rows = gradatim.train(table, target="left", **QUICK).baselines
    assert rows[2]["what"].endswith("; learned from 1,000 examples drawn from 1,296")


def test_they_answer_some_examples_at_a_time(frame, monkeypatch):
    run = gradatim.train(frame, target="left", **QUICK)
    monkeypatch.setattr(baselines, "AT_ONCE", 7)
    again, _ = compared(run)
    for name, metrics in named(run.baselines).items():
        assert named(again)[name] == pytest.approx(metrics, rel=1e-9)


@pytest.mark.parametrize(("small", "number"), [(0, 2), (10**6, 1)])
def test_a_small_table_has_one_thread(frame, monkeypatch, small, number):
    """Those of OpenMP, which the trees ask for, while they learn; and afterwards as many as before."""
    run = gradatim.train(frame, target="left", baselines=False, **QUICK)
    found = []

    def count_threads(*_):
        found.extend(one["num_threads"] for one in threadpool_info() if one["user_api"] == "openmp")
        return HistGradientBoostingClassifier(max_iter=1)

    learners = replace(baselines.LEARNERS["classifier"], trees=count_threads)
    monkeypatch.setitem(baselines.LEARNERS, "classifier", learners)
    monkeypatch.setattr(baselines, "SMALL", small)
    with threadpool_limits(3):
        compare(run.data.train, run.data.test, run.trained, None, 0, lambda: False, most_threads=2)
        after = {one["num_threads"] for one in threadpool_info() if one["user_api"] == "openmp"}
    assert set(found) == {number} and after == {3}


def test_one_that_fails_leaves_the_run_whole(frame, monkeypatch, capsys):
    def broken(*_):
        raise ValueError("no trees today\nat all")

    learners = replace(baselines.LEARNERS["classifier"], trees=broken)
    monkeypatch.setitem(baselines.LEARNERS, "classifier", learners)
    run = gradatim.train(frame, target="left", **{**QUICK, "quiet": False})
    assert [row["name"] for row in run.baselines] == ["majority", "linear model"]
    assert "note: boosted trees cannot be learned here: no trees today\n" in capsys.readouterr().err


def test_an_interrupt_leaves_them_out(frame):
    run = gradatim.train(frame, target="left", **QUICK)
    assert compared(run, lambda: True) == ([], [])

"""Columns that rows are split by: what of them is learned from, and that it is said."""

import json

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.data.loading import load_data
from gradatim.data.sources.source import source_of
from gradatim.data.splits import split
from gradatim.data.tables.encoding import apply, fit, names_out
from gradatim.jobs.data import describe_data

QUICK = {"epochs": 3, "hidden": 8, "threads": 1, "quiet": True, "baselines": False}
NO_INPUT = "it is no input, as training holds nothing so late"
CALENDAR = "its place in the year, the week and the day is an input, the moment itself is not"


def load_like(data, first):
    return source_of(data).like(data, first)


def sales(n=900, form="%Y-%m-%d", step="D"):
    """Sold by the day of the week and of the year; nothing else says it."""
    days = pd.date_range("2021-01-01", periods=n, freq=step)
    rng = np.random.default_rng(0)
    week, year = 2 * np.pi * days.day_of_week / 7, 2 * np.pi * days.day_of_year / 365.25
    sold = 100 + 10 * np.cos(week) + 20 * np.sin(year) + rng.normal(0, 1, n)
    return pd.DataFrame({"day": days.strftime(form), "noise": rng.normal(0, 1, n), "sold": sold})


@pytest.mark.parametrize("form", ["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y"])
def test_the_calendar_of_the_time_is_learned_from(form, tmp_path, capsys):
    sales(form=form).to_csv(tmp_path / "sales.csv", index=False)
    how = {"target": "sold", "time": "day", "dropout": 0.0, "threads": 1}
    run = gradatim.train(tmp_path / "sales.csv", **how)
    assert run.metrics["r2"] > 0.95
    assert {row["name"]: row["metrics"]["r2"] > 0.9 for row in run.baselines}["linear model"]
    assert {row["name"]: row["metrics"]["r2"] > 0.9 for row in run.baselines}["boosted trees"]
    assert f"note: column 'day': the latest rows are the test; {CALENDAR}\n" in capsys.readouterr().err
    assert names_out(run.trained.encoder.as_dict())[:5] == [
        "day sin of year", "day cos of year", "day sin of week", "day cos of week", "noise"
    ]  # fmt: skip
    again = gradatim.load(run.path)
    assert again.evaluate() == run.evaluate()
    np.testing.assert_array_equal(again.predict(tmp_path / "sales.csv").labels, run.predict(sales()).labels)


def test_the_split_is_the_one_by_time_and_the_calendar_what_it_is_elsewhere():
    frame = sales(400, "%Y-%m-%d %H:%M", "7h")
    dated, plain = (load_data(frame, "sold", time="day", calendar=c) for c in (True, False))
    for one, other in zip(split(dated), split(plain), strict=True):
        np.testing.assert_array_equal(one.y, other.y)
    assert plain.features == ("noise",)
    parts = split(dated)
    assert parts.test.times.min() > parts.train.times.max()
    record = json.loads(json.dumps(fit(parts.train)))
    x = apply(record, parts.test.x, np.float64)
    every = fit(load_data(frame, "sold"))
    whole = apply(every, load_like(frame.iloc[-len(parts.test) :], load_data(frame, "sold")).x, np.float64)
    assert names_out(record) == [name for name in names_out(every) if name != "day"]
    np.testing.assert_allclose(x[:, :6], whole[:, 1:7], atol=1e-12)


@pytest.mark.parametrize("values", [np.arange(400), 2000 + np.arange(400) // 40, np.linspace(0, 1, 400)])
def test_a_plain_number_as_time_is_no_input_and_that_is_said(values):
    frame = sales(400).assign(t=values).drop(columns="day")
    data = load_data(frame, "sold", time="t")
    assert data.features == ("noise",)
    said = f"column 't': the latest rows are the test; {NO_INPUT} (give a copy of it under another name"
    assert any(notice.startswith(said) for notice in data.notices)
    copied = load_data(frame.assign(when=values.astype(float) + 0.5), "sold", time="t")
    assert copied.features == ("noise", "when")


def test_a_group_is_no_input_and_that_is_said():
    data = load_data(sales(200).assign(shop=np.arange(200) % 7), "sold", group="shop")
    assert data.features == ("day", "noise")
    assert "column 'shop': none of its values is in two parts of the split; it is no input" in data.notices


def test_the_schema_says_it_and_can_be_followed(tmp_path):
    sales(200).to_csv(tmp_path / "sales.csv", index=False)
    found = describe_data(tmp_path / "sales.csv", "sold", time="day", schema=tmp_path / "s.json")
    assert found["inputs"] == 5
    assert f"column 'day': the latest rows are the test; {CALENDAR}" in found["notices"]
    data = load_data(tmp_path / "sales.csv", "sold", schema=tmp_path / "s.json")
    assert data.fingerprint == load_data(tmp_path / "sales.csv", "sold", time="day").fingerprint
    assert data.features == ("day", "noise")


def test_a_run_that_began_without_the_calendar_goes_on_without(tmp_path):
    """As one does that an earlier version began, whose config does not speak of it."""
    sales(200).to_csv(tmp_path / "sales.csv", index=False)
    how = {"target": "sold", "time": "day", "schedule": "constant", **QUICK}
    fresh = gradatim.train(tmp_path / "sales.csv", out="fresh", **how)
    assert fresh.config["data"]["source"]["calendar"] is True
    assert gradatim.train(resume="fresh", epochs=4, quiet=True).records[-1]["epoch"] == 4
    data = load_data(tmp_path / "sales.csv", "sold", time="day", calendar=False)
    old = gradatim.train(data, out="old", **{k: v for k, v in how.items() if k not in ("target", "time")})
    assert old.trained.features == ("noise",)
    assert "calendar" not in old.config["data"]["source"]
    again = gradatim.load("old")
    assert again.data.train.features == ("noise",)
    assert again.evaluate() == old.evaluate()
    assert gradatim.train(resume="old", epochs=4, quiet=True).records[-1]["epoch"] == 4

"""Plots of runs that learned from tables."""

from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import r2_score

from gradatim.checks import UsageError
from gradatim.jobs.plot import plot
from gradatim.jobs.train import train

QUICK = {"epochs": 5, "hidden": [8], "quiet": True}


def texts(path):
    return ["".join(node.itertext()) for node in ElementTree.parse(path).iter() if node.tag.endswith("text")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


@pytest.fixture(scope="module")
def frame():
    draws = np.random.default_rng(0)
    age, income = draws.normal(40, 10, 200), draws.normal(30, 8, 200)
    colour = np.where(draws.uniform(size=200) < 0.5, "red", "blue")
    return pd.DataFrame({
        "age": age.round(2), "income": income.round(2), "colour": colour,
        "spend": (3 * age + income).round(2), "buys": np.where(age > income, "yes", "no"),
    })  # fmt: skip


@pytest.fixture(scope="module")
def spending(folder, frame):
    frame.drop(columns="buys").to_csv(folder / "spend.csv", index=False)
    return train(str(folder / "spend.csv"), target="spend", out=folder / "spending", **QUICK)


@pytest.fixture(scope="module")
def buying(folder, frame):
    rows = frame[["age", "income", "buys"]].copy()
    rows.loc[::20, "income"] = np.nan
    rows.to_csv(folder / "buys.csv", index=False)
    return train(str(folder / "buys.csv"), target="buys", out=folder / "buying", **QUICK)


def test_residuals_of_a_regression(spending, tmp_path):
    said = plot("residuals", spending, out=tmp_path / "r.svg")
    test = spending.data.test
    r2 = r2_score(test.y.ravel(), spending.predict(test).labels.ravel())
    assert said["r2"] == pytest.approx(r2)
    words = texts(tmp_path / "r.svg")
    assert {"true spend", "predicted spend", "residual, predicted − true", "dashed: predicted = true"} <= set(
        words
    )
    assert f"Residuals of spending: R² {r2:.3f} on 40 test examples" in words


def test_units_have_the_names_of_the_columns(spending, buying, tmp_path):
    plot("network", spending, out=tmp_path / "n.svg")
    assert {"age", "income", "colour=red", "colour=blue", "spend"} <= set(texts(tmp_path / "n.svg"))
    plot("network", buying, out=tmp_path / "n.svg")
    assert "p(yes)" in texts(tmp_path / "n.svg")


def test_gradients_of_scaled_targets(spending, tmp_path):
    assert plot("gradients", spending, out=tmp_path / "g.svg")["examples"] == len(spending.data.train)


def test_a_boundary_passes_over_rows_with_a_missing_value(buying, tmp_path):
    plot("boundary", buying, out=tmp_path / "b.svg")
    assert {"age", "income", "yes", "no"} <= set(texts(tmp_path / "b.svg"))


def test_what_a_run_is_not_made_for_is_said(spending, buying, folder, frame):
    for what in ("confusion", "calibration"):
        with pytest.raises(UsageError, match="does not tell classes apart"):
            plot(what, spending)
    with pytest.raises(UsageError, match="does not predict numbers"):
        plot("residuals", buying)
    with pytest.raises(UsageError, match="whose examples are in memory and have classes"):
        plot("boundary", spending)
    frame[["age", "colour", "buys"]].to_csv(folder / "mixed.csv", index=False)
    mixed = train(str(folder / "mixed.csv"), target="buys", out=folder / "mixed", **QUICK)
    with pytest.raises(UsageError, match="a boundary is drawn over numbers; colour is a category"):
        plot("boundary", mixed)

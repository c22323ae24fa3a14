"""H1, I1: several tasks and Wide & Deep as a run: trained, measured, predicted, resumed, and bad input."""

import json

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import UsageError


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    n = 240
    x, town = rng.normal(size=(n, 2)), rng.integers(0, 3, n)
    h = x[:, 0] + 0.5 * x[:, 1]
    found = pd.DataFrame({"x": x[:, 0], "z": x[:, 1], "town": [f"t{i}" for i in town]})
    found["kind"] = np.select([h > 0.4, h < -0.4], ["good", "bad"], "fair")
    found["price"] = 100 + 20 * h + town
    found.loc[rng.random(n) < 0.3, "price"] = np.nan
    found.loc[rng.random(n) < 0.3, "kind"] = None
    return found.dropna(subset=["kind", "price"], how="all").reset_index(drop=True)


@pytest.fixture(scope="module")
def run(table, tmp_path_factory):
    return gradatim.train(
        table, target="kind,price", epochs=8, lr=0.01, network={"task_weights": "uncertainty"}, quiet=True,
        out=tmp_path_factory.mktemp("tasks") / "run",
    )  # fmt: skip


def test_a_run_learns_both_tasks_and_says_what_each_counts(run, table):
    found = run.metrics
    assert found["accuracy kind"] > 0.6 and found["r2 price"] > 0.6
    assert found["loss"] == pytest.approx(found["loss kind"] + found["loss price"])
    model = json.loads((run.folder.path / "model.json").read_text())
    assert set(model["task_weights"]) == {"kind", "price"}
    assert model["network"]["name"] == "shared_trunk"


def test_it_predicts_every_task_and_measures_a_later_table(run, table):
    again = gradatim.load(run.folder.path)
    found = again.predict(table[:20].drop(columns=["kind", "price"])).columns()
    assert {"prediction kind", "p(good) kind", "prediction price"} <= set(found)
    part = table[:60]
    measured = again.evaluate(part)["metrics"]
    known = part["kind"].notna().to_numpy()
    said = np.array(again.predict(part.drop(columns=["kind", "price"])).columns()["prediction kind"])
    assert measured["accuracy kind"] == pytest.approx((said[known] == part["kind"][known]).mean())


def test_a_resumed_run_ends_where_the_whole_one_does(run, table, tmp_path):
    options = {"target": "kind,price", "lr": 0.01, "network": {"task_weights": "uncertainty"}, "quiet": True}
    gradatim.train(table, epochs=8, max_minutes=1e-6, out=tmp_path / "part", **options)
    ended = gradatim.train(table, resume=tmp_path / "part", max_minutes=10, quiet=True)
    assert ended.metrics == run.metrics


@pytest.mark.parametrize("model", ["cross_stitch", "soft_sharing"])
def test_other_networks_of_tasks_learn_the_same(table, model, tmp_path):
    found = gradatim.train(
        table, target="kind,price", model=model, hidden=16, epochs=2, quiet=True, out=tmp_path / "run",
        network={"task_weights": [1, 2]},
    )  # fmt: skip
    assert found.trained.facts["task_weights"] == {"kind": 1.0, "price": 2.0}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"target": "kind,cost"}, "'cost'"),
        ({"target": "kind,price", "network": {"task_weights": [1]}}, "or 2 numbers, for kind, price"),
        ({"target": "kind,price", "loss": "huber"}, "loss"),
        ({"target": "kind,price", "model": "mlp"}, "mlp does not learn --task tasks; shared_trunk does"),
        ({"target": "kind", "model": "shared_trunk"}, "several tasks need several targets"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said(table, options, says, tmp_path):
    with pytest.raises(UsageError, match=says):
        gradatim.train(table, quiet=True, epochs=1, out=tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


def test_wide_and_deep_as_a_run_says_its_crosses(tmp_path):
    run = gradatim.train("crossed:n=1500,levels=6", model="wide_deep", epochs=6, hidden=[], quiet=True,
                         lr=0.05, out=tmp_path / "run")  # fmt: skip
    assert run.config["choices"]["crosses"].startswith("query:item: the pairs that say most together")
    assert run.metrics["accuracy"] > 0.85
    assert gradatim.load(run.folder.path).evaluate()["metrics"]["accuracy"] == run.metrics["accuracy"]

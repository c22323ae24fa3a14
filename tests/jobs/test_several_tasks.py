"""H1, I1: several tasks and Wide & Deep as a run: trained, measured, predicted, resumed, and bad input."""

import json
import re

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import UsageError
from gradatim.explain.permutation import importance
from gradatim.jobs.plot import plot
from gradatim.random import permutation
from gradatim.runs.forward import forward


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


def test_a_metric_of_ones_own_is_given_the_answers_of_all_tasks(run, table):
    """(N, T) both: the first column class numbers, in which the accuracy is the one that stands there."""

    def right(y, said):
        known = ~np.isnan(y[:, 0])
        return float((y[known, 0] == said[known, 0]).mean())

    found = gradatim.load(run.folder.path).evaluate(table, metrics={"right": right})["metrics"]
    assert found["right"] == found["accuracy kind"]


def test_the_report_says_which_columns_matter_to_all_tasks(run):
    """A rise is that of the summed losses of both tasks, by hand from the network's outputs, to 1e-6."""
    test, trained = run.data.test, run.trained
    found = importance(trained, test, seed=0)
    rises = {one.column: one.mean for one in found.rises}
    assert set(rises) == {"x", "z", "town"} and rises["x"] > rises["z"] > 0
    x = trained.encoder.inputs(test, np.float32)
    kind, price = trained.problem.problems()

    def loss(x):
        a = forward(trained.model, x)
        known = [~np.isnan(test.y[:, t]) for t in (0, 1)]
        of_kind = kind.example_losses(a[known[0], :3], test.y[known[0], 0].astype(int)).sum()
        return (of_kind + price.example_losses(a[known[1], 3:], test.y[known[1], 1:]).sum()) / len(x)

    shuffled = []
    for r in range(found.shuffles):
        moved = x.copy()
        moved[:, 0] = x[permutation(0, f"x, shuffle {r}", len(x)), 0]
        shuffled.append(loss(moved) - loss(x))
    assert found.loss == pytest.approx(loss(x), abs=1e-6)
    assert rises["x"] == pytest.approx(np.mean(shuffled), abs=1e-6)
    report = (run.folder.path / "report.html").read_text()
    assert "rise of the mean loss, summed over the tasks" in report and "Partial dependence" in report


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
        ({"target": "kind,price", "keep_best_model": True}, "beside a network of several tasks"),
        ({"target": "kind,price", "metrics": "f1_macro"}, "this network answers with several tasks"),
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


@pytest.fixture(scope="module")
def sites():
    """A number whose slope is opposite at two sites, and a small third one."""
    rng = np.random.default_rng(1)
    n = 260
    site = np.array(["north", "south", "east"])[np.minimum(rng.integers(0, 9, n) // 4, 2)]
    x = rng.normal(size=n)
    slope = np.select([site == "north", site == "south"], [3.0, -3.0], 1.0)
    return pd.DataFrame({"x": x, "noise": rng.normal(size=n), "site": site, "y": 10 + slope * x})


@pytest.fixture(scope="module")
def run_by_site(sites, tmp_path_factory):
    return gradatim.train(
        sites, target="y", task_of="site", epochs=30, lr=0.02, hidden=16, quiet=True,
        out=tmp_path_factory.mktemp("sites") / "run",
    )  # fmt: skip


def test_each_row_is_answered_by_the_head_of_its_task(run_by_site, sites):
    """x itself says nothing: only the row's task tells the slope."""
    found = run_by_site.metrics
    assert found["r2 north"] > 0.9 and found["r2 south"] > 0.9
    mean = np.mean([found[f"r2 {one}"] for one in ("east", "north", "south")])
    assert found["mean r2"] == pytest.approx(mean) and next(iter(found)) == "mean rmse"
    again = gradatim.load(run_by_site.folder.path)
    new = pd.DataFrame({"x": [2.0, 2.0], "noise": [0.0, 0.0], "site": ["south", "north"]})
    said = again.predict(new)
    assert list(said.columns()) == ["prediction"]
    low, high = said.columns()["prediction"]
    assert low < 8 and high > 12
    np.testing.assert_allclose(said.arrays["prediction"].ravel(), [low, high])
    assert "site" not in again.trained.features
    measured = again.evaluate(sites[sites["site"] == "north"])["metrics"]
    assert "r2 north" in measured and "r2 south" not in measured
    assert measured["loss"] == measured["loss north"]


def test_what_new_rows_lack_is_said(run_by_site, sites):
    with pytest.raises(UsageError, match="the task 'west', the first in row 2"):
        run_by_site.predict(sites[:3].assign(site=["north", "west", "east"]))
    with pytest.raises(UsageError, match="no column 'site'"):
        run_by_site.predict(sites[:3].drop(columns="site"))
    with pytest.raises(UsageError, match="is for tables"):
        gradatim.train("digits", task_of="site", quiet=True)


def test_classes_of_rows_with_a_task_are_predicted_by_name(sites, tmp_path):
    table = sites.assign(y=np.where(sites["y"] > 10, "high", "low"))
    table.to_csv(tmp_path / "sites.csv", index=False)
    run = gradatim.train(
        tmp_path / "sites.csv", target="y", task_of="site", epochs=12, lr=0.02, hidden=16, quiet=True,
        out=tmp_path / "run",
    )  # fmt: skip
    assert run.metrics["mean accuracy"] > 0.8
    again = gradatim.load(tmp_path / "run")
    assert again.evaluate()["metrics"] == run.metrics
    found = again.predict(tmp_path / "sites.csv")
    assert list(found.columns()) == ["prediction", "probability", "p(high)", "p(low)"]
    assert (found.labels == table["y"]).mean() > 0.8
    assert found.probabilities.shape == (len(table), 2)
    ended = gradatim.train(resume=tmp_path / "run", epochs=13, quiet=True)
    assert ended.trained.facts["epoch"] >= 12


def test_the_report_shows_every_task_under_its_name_beside_a_constant(run, run_by_site):
    page = (run.folder.path / "report.html").read_text("utf-8")
    assert ">Task kind</h2>" in page and ">Task price</h2>" in page
    assert '<h3 id="confusion-of-task-1">Confusion matrix</h3>' in page
    assert '<h3 id="residuals-of-task-2">Predictions and residuals</h3>' in page
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'aria-labelledby="([^"]+)"', page)) <= set(ids)
    (constant,) = run.baselines
    known = run.data.judged.y[:, 0]
    share = np.bincount(known[~np.isnan(known)].astype(int)).max() / (~np.isnan(known)).sum()
    assert constant["name"] == "constant" and constant["metrics"]["accuracy kind"] <= share
    assert constant["metrics"]["r2 price"] <= 0
    assert "guessing the mean would be off by" in page
    by_site = (run_by_site.folder.path / "report.html").read_text("utf-8")
    assert "mean over tasks" in by_site and ">Task north</h2>" in by_site


def test_the_worst_mistakes_of_a_task_are_rows_of_the_whole_part(run):
    """The example beside each miss has the values of the row that it names."""
    from gradatim.explain.stored_measurements import read_measurements
    from gradatim.problems.evidence import Misses, OfTask

    found = {one.name: one for one in read_measurements(run.folder).evidence if isinstance(one, OfTask)}
    misses = next(one for one in found["price"].parts if isinstance(one, Misses))
    for row, told, example in zip(misses.rows, misses.told, misses.examples, strict=True):
        assert told["true"] == pytest.approx(run.data.judged.y[row, 1])
        assert example.row == run.data.judged.row_labels.numbers[row]


def test_a_report_is_made_again_from_its_files(run, tmp_path):
    import shutil

    before = (run.folder.path / "report.html").read_text("utf-8")
    shutil.copytree(run.folder.path, tmp_path / "run")
    again = gradatim.load(tmp_path / "run")  # its data were in memory, and are gone
    again.report()
    text = (tmp_path / "run" / "report.html").read_text("utf-8")
    assert ">Task kind</h2>" in text and text.count("<section") == before.count("<section")


def test_a_task_is_drawn_as_a_run_of_one_target_is(run, table, tmp_path):
    """Confusion by counting, R² by the formula, over the test rows that have the task's target."""
    test = run.data.test
    said = run.predict(test).columns()
    kind, price = test.y.T
    names = ("bad", "fair", "good")
    known = np.flatnonzero(~np.isnan(kind))
    counted = np.zeros((3, 3), int)
    for i in known:
        counted[int(kind[i]), names.index(said["prediction kind"][i])] += 1
    drawn = plot("confusion", run, arguments={"task": "kind"}, out=tmp_path / "c.svg")
    assert drawn["classes"] == [*names] and drawn["confusion"] == counted.tolist()
    assert plot("confusion", run, out=tmp_path / "c.svg")["confusion"] == drawn["confusion"]  # the only one
    known = ~np.isnan(price)
    p = np.array(said["prediction price"])[known]
    r2 = 1 - ((price[known] - p) ** 2).sum() / ((price[known] - price[known].mean()) ** 2).sum()
    left = plot("residuals", run, out=tmp_path / "r.svg")
    assert left["r2"] == pytest.approx(r2, abs=1e-5) and "loss kind" not in left
    assert "task price: R²" in (tmp_path / "r.svg").read_text()


def test_a_task_to_draw_has_to_be_named_where_several_would_do(run, run_by_site, tmp_path):
    with pytest.raises(UsageError, match="of task=east, task=north, task=south"):
        plot("residuals", run_by_site, out=tmp_path / "r.svg")
    north = plot("residuals", run_by_site, arguments={"task": "north"}, out=tmp_path / "r.svg")
    assert north["r2"] == run_by_site.metrics["r2 north"]
    for arguments, says in (
        ({"task": "nort"}, "did you mean north"), ({"tsk": "north"}, "no argument 'tsk'"),
    ):  # fmt: skip
        with pytest.raises(UsageError, match=says):
            plot("residuals", run_by_site, arguments=arguments, out=tmp_path / "r.svg")
    with pytest.raises(UsageError, match=r"task price of .* does not tell classes apart"):
        plot("roc", run, arguments={"task": "price"}, out=tmp_path / "r.svg")

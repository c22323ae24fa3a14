"""Own metrics of a run: at its end, in evaluate and the report, on the command line, resumed and loaded."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, mean_absolute_percentage_error

from gradatim.checks import Notice, UsageError
from gradatim.jobs.run import load
from gradatim.jobs.train import train

QUICK = {"epochs": 2, "hidden": [8], "quiet": True, "baselines": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("own"), np.random.default_rng(0)
    x = rng.normal(size=(300, 2))
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1]})
    frame.assign(buys=np.where(x[:, 0] + rng.normal(size=300) > 0, "yes", "no")).to_csv(
        folder / "two.csv", index=False
    )
    frame.assign(price=5 + x[:, 0]).to_csv(folder / "price.csv", index=False)
    return folder


def profit(y_true, y_pred):
    return 10.0 * ((y_true == "yes") & (y_pred == "yes")).sum() - (y_pred == "yes").sum()


def test_scorers_by_name_on_the_command_line(folder, command):
    named = ("two.csv", "--target", "buys", "--epochs", "2", "--hidden", "8", "--quiet", "--no-baselines")
    named = (folder / named[0], *named[1:], "--metrics", "f1_macro,recall", "--out", folder / "cli")
    said = json.loads(command("train", *named, "--json")[0])
    run = load(folder / "cli")
    y, decided = run.measured.y, run.trained.problem.answer(run.measured.a)
    assert said["metrics"]["f1_macro"] == pytest.approx(f1_score(y, decided, average="macro"))
    assert said["metrics"]["recall"] == run.metrics["recall"]
    assert said["valid_metrics"] == {
        name: run.evaluate(split="valid")["metrics"][name] for name in ("f1_macro", "recall")
    }
    assert json.loads(command("evaluate", run.path, "--json")[0])["metrics"] == said["metrics"]
    more = json.loads(command("evaluate", run.path, "--metrics", "matthews_corrcoef", "--json")[0])
    assert set(more["metrics"]) == {*said["metrics"], "matthews_corrcoef"}
    page = run.report().read_text()
    assert "Own metrics" in page and "f1 macro" in page
    assert "unknown metric" in command("train", *named[:-3], "f1_makro", status=2)[1]
    assert not (folder / "two").exists()


def test_functions_are_measured_at_the_end_and_asked_for_again(folder, capsys):
    run = train(folder / "two.csv", target="buys", metrics={"profit": profit}, out=folder / "profit", **QUICK)
    said = run.predict(run.data.test).labels
    truth = np.array(run.trained.problem.names)[run.data.test.y]
    assert run.metrics["profit"] == profit(truth, said)
    page = run.folder.report.read_text()
    again = load(run.path)
    with pytest.warns(Notice, match=r"no file holds a Python function: .*evaluate\(metrics={'profit': …}\)"):
        assert "profit" not in again.evaluate()["metrics"]
    assert again.evaluate(metrics={"profit": profit})["metrics"] == run.evaluate()["metrics"]
    assert again.report().read_text() == page  # what was measured stays in the report
    on = train(resume=run.path, epochs=3, metrics={"profit": profit}, quiet=True)
    assert "profit" in on.metrics
    with pytest.raises(UsageError, match="metrics cannot change"):
        train(resume=run.path, epochs=4, metrics="recall", quiet=True)


def test_of_numbers(folder):
    run = train(
        folder / "price.csv", target="price", out=folder / "price",
        metrics=["mean_absolute_percentage_error"], **QUICK,
    )  # fmt: skip
    y, predicted = run.measured.y, run.trained.problem.predictions(run.measured.a)
    expected = mean_absolute_percentage_error(y.reshape(-1), predicted.reshape(-1))
    assert run.metrics["mean_absolute_percentage_error"] == pytest.approx(expected)


def test_one_that_fails_does_not_take_the_run_with_it(folder):
    def broken(y_true, y_pred):
        raise ValueError("no such thing")

    with pytest.warns(Notice, match="the metric broken is not available: no such thing"):
        run = train(
            folder / "two.csv", target="buys", metrics={"broken": broken}, out=folder / "broken", **QUICK
        )
    assert "broken" not in run.metrics and "not available" in run.folder.report.read_text()
    assert load(run.path).config["ended"]

"""The best model is kept and answers: scikit-learn's predictions, in every verb, after loading too."""

import json

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.explain.baselines import compare
from gradatim.explain.best_model import ModelsBeside
from gradatim.explain.stored_measurements import read_measurements
from gradatim.runs.kept_mean import KeptMean, read_kept

BAD = {"epochs": 1, "hidden": 2, "lr": 1e-6, "threads": 1, "quiet": True}  # a network that learns nothing


@pytest.fixture
def frame():
    """Trees see what the town's number says; a third of the sizes is missing."""
    rng = np.random.default_rng(0)
    n = 500
    town, size = rng.integers(0, 8, n), rng.normal(0, 1, n)
    value = (town % 2) * 4.0 + np.abs(size) + 0.1 * rng.normal(size=n)
    table = pd.DataFrame(
        {"town": [f"t{k}" for k in town], "size": size, "day": pd.date_range("2020", periods=n)}
    )
    table["value"] = np.exp(value)
    table["high"] = np.where(value > 3, "yes", "no")
    table["grade"] = np.digitize(value, [1, 3, 5]).astype(str)
    table["x"], table["y"] = (value > 2).astype(int), (size > 0).astype(int)
    table.loc[rng.random(n) < 0.3, "size"] = np.nan
    return table


TARGETS = {
    "numbers": {"target": "value", "ignore": ["high", "grade", "x", "y"]},
    "logarithms": {"target": "value", "ignore": ["high", "grade", "x", "y"], "target_transform": "log"},
    "two classes": {"target": "high", "ignore": ["value", "grade", "x", "y"]},
    "four classes": {"target": "grade", "ignore": ["value", "high", "x", "y"]},
    "several numbers": {"target": "value,y", "task": "regression", "ignore": ["high", "grade", "x"]},
    "labels": {"target": "x,y", "task": "multilabel", "ignore": ["high", "grade", "value"]},
}  # fmt: skip
OTHERS = {"numbers", "logarithms", "four classes", "several numbers"}  # of the same kinds as those that stand
EACH_TARGET = pytest.mark.parametrize(
    "name", [pytest.param(one, marks=pytest.mark.slow) if one in OTHERS else one for one in TARGETS]
)


@EACH_TARGET
def test_what_answers_has_the_measures_of_the_model_that_was_learned(frame, name, tmp_path, capsys):
    how = TARGETS[name]
    run = gradatim.train(frame, keep_best_model=True, out=tmp_path / "run", **how, **{**BAD, "quiet": False})
    said = capsys.readouterr().err
    assert run.answers in ("boosted trees", "linear model", "weighed mean")
    assert "best on validation (" in said
    row = next(row for row in run.baselines if row["name"] == run.answers)
    for measure in set(row["metrics"]) & set(run.metrics) - {"loss"}:
        assert run.metrics[measure] == pytest.approx(row["metrics"][measure], abs=1e-6, rel=1e-5)
    if "classes" in name:
        assert run.metrics["loss"] == pytest.approx(row["metrics"]["loss"], rel=1e-4)
    deciding, sign = run.trained.problem.deciding
    assert sign * run.metrics[deciding] > sign * run.network_metrics[deciding]
    loaded = gradatim.load(tmp_path / "run", data=frame)
    assert loaded.answers == run.answers
    new = frame.drop(columns=[c for c in frame if c in how["target"].split(",")])
    new.loc[3, "town"] = "never seen"
    columns = loaded.predict(new).columns()
    again = run.predict(new).columns()
    assert columns == again
    assert loaded.evaluate()["metrics"] == pytest.approx(run.metrics)
    assert loaded.evaluate()["model"] == run.answers
    page = (tmp_path / "run" / "report.html").read_text()
    assert "best on validation" in page
    assert "in the network" in page
    loaded.report()


@EACH_TARGET
def test_predictions_are_those_of_the_fitted_model(frame, name, tmp_path):
    """Each that stands beside, not only the best: to 1e-5, the linear one's inputs being float32."""
    run = gradatim.train(frame, baselines=False, out=tmp_path / "run", **TARGETS[name], **BAD)
    data, seen = run.data, {}

    def consider(who, what, fitted):
        beside = ModelsBeside(run.trained, data.test)
        beside.consider(who, what, fitted)
        assert not beside.failed
        seen[who] = (KeptMean(tuple(beside.models), (0.0, 1.0)), fitted.answers(data.test))

    compare(data.train, data.test, run.trained, None, 0, lambda: False, consider)
    assert list(seen) == ["linear model", "boosted trees"]
    for kept, answers in seen.values():
        run.trained.kept = kept
        found = run.evaluate()["metrics"]
        expected = run.trained.problem.measures_of(answers, data.test.y)
        for measure in set(found) & set(expected) - {"loss"}:
            assert found[measure] == pytest.approx(expected[measure], rel=1e-5, abs=1e-6)


def test_a_network_that_is_best_answers_and_only_a_sentence_is_added(tmp_path, capsys):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 2))
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": np.sin(2 * x[:, 0]) * x[:, 1]})
    how = {"target": "y", "epochs": 60, "lr": 0.01, "weight_decay": 0.0, "dropout": 0.0, "threads": 1}
    run = gradatim.train(frame, keep_best_model=True, out=tmp_path / "kept", **how)
    assert "The network is best on validation (RMSE " in capsys.readouterr().err
    assert run.answers == "network"
    plain = gradatim.train(frame, out=tmp_path / "plain", quiet=True, **how)
    assert plain.metrics == run.metrics
    assert not read_kept(run.folder).answers
    assert not plain.folder.kept.exists()
    assert "model" not in run.evaluate()
    assert "The network is best on validation" in run.folder.report.read_text()


def test_a_run_that_goes_on_decides_again(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 2))
    table = tmp_path / "t.csv"
    pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": np.sin(2 * x[:, 0]) * x[:, 1]}).to_csv(table, index=False)
    how = {"target": "y", "lr": 0.01, "weight_decay": 0.0, "dropout": 0.0, "threads": 1, "quiet": True}
    run = gradatim.train(
        table, keep_best_model=True, epochs=1, schedule="constant", out=tmp_path / "run", **how
    )
    assert run.answers == "boosted trees"
    on = gradatim.train(resume=tmp_path / "run", epochs=60, quiet=True)
    assert on.answers == "network"
    assert gradatim.load(tmp_path / "run").answers == "network"
    assert on.baselines == run.baselines
    again = gradatim.train(resume=tmp_path / "run", epochs=61, out=tmp_path / "copy", quiet=True)
    assert again.folder.kept.exists()


def test_the_command_line_says_which_model_answers(frame, tmp_path, command):
    frame["value"] = frame["town"].str[1:].astype(int) % 2 * 4.0
    frame.drop(columns=["high", "grade", "x", "y"]).to_csv(tmp_path / "t.csv", index=False)
    how = ("--target", "value", "--epochs", 1, "--hidden", 2, "--lr", "1e-6", "--threads", 1)
    out, said = command("train", tmp_path / "t.csv", *how, "--keep-best-model", "--out", "run")
    assert "Boosted trees are best on validation (RMSE " in said
    rows = {line.split("  ")[0]: line for line in out.splitlines()}
    assert rows["network"].split()[1] != rows["boosted trees"].split()[2]
    out, _ = command("evaluate", "run")
    assert out.startswith("test examples 100, answered by boosted trees\n")
    out, _ = command("evaluate", "run", "--json")
    assert json.loads(out)["model"] == "boosted trees"
    out, _ = command("predict", "run", tmp_path / "t.csv")
    found = pd.read_csv(pd.io.common.StringIO(out))
    assert np.corrcoef(found["prediction"], found["value"])[0, 1] > 0.7
    config = json.loads((tmp_path / "run" / "config.json").read_text())
    assert config["keep_best_model"] is True
    _, said = command("train", "--config", "run/config.json", "--out", "again")
    assert "Boosted trees are best on validation" in said
    _, said = command("train", "--resume", "run", "--keep-best-model", status=2)
    assert "--keep-best-model cannot be given" in said


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"loss": "gaussian_nll"}, "with gaussian_nll the network answers more"),
        ({"baselines": False}, "nothing stands beside this network"),
        ({"valid": 0.0}, "the best is chosen on validation examples, and there are none"),
    ],
)
def test_where_nothing_can_take_the_network_s_place_it_is_refused(frame, how, message):
    with pytest.raises(UsageError, match=message):
        gradatim.train(frame, keep_best_model=True, **TARGETS["numbers"], **BAD, **how)
    with pytest.raises(UsageError, match="it is for tables"):
        gradatim.train("digits", keep_best_model=True, **BAD)


def test_a_damaged_file_is_named(frame, tmp_path):
    run = gradatim.train(frame, keep_best_model=True, out=tmp_path / "run", **TARGETS["numbers"], **BAD)
    content = run.folder.kept.read_bytes()
    run.folder.kept.write_bytes(content[:-8] + b"\0" * 8)
    with pytest.raises(GradatimError, match=r"kept\.safetensors is damaged"):
        gradatim.load(tmp_path / "run")


def test_the_words_of_a_free_text_are_shuffled_with_their_column(tmp_path):
    """The report of trees says that the text matters, and the number beside it does not."""
    rng = np.random.default_rng(0)
    words = np.array(["red", "green", "blue", "warm", "cold", "old", "new", "large", "small", "quick"])
    texts = [" ".join(words[rng.integers(0, 10, 6)]) + f" {i}" for i in range(400)]
    price = np.array([3.0 * text.count("red") - 2.0 * ("old" in text) for text in texts])
    frame = pd.DataFrame({"note": texts, "noise": rng.normal(size=400), "price": price})
    run = gradatim.train(frame, target="price", keep_best_model=True, out=tmp_path / "run", **BAD)
    assert run.answers in ("boosted trees", "linear model")
    found = read_measurements(run.folder).evidence
    [columns] = [one for one in found if type(one).__name__ == "Columns"]
    rises = {rise.column: rise.mean for rise in columns.importance.rises}
    assert rises["note"] > 10 * abs(rises["noise"])

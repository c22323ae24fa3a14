"""Rates by class and curves of a run: in evaluate, in its report and its plots, with and without its data."""

import json
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import average_precision_score, classification_report, roc_auc_score

from gradatim.checks import UsageError
from gradatim.explain.stored_measurements import read_measurements
from gradatim.jobs.plot import plot
from gradatim.jobs.run import load
from gradatim.jobs.train import train
from gradatim.problems.evidence import ByClass, Ranking

QUICK = {"epochs": 3, "hidden": [8], "quiet": True, "baselines": False}


def texts(path):
    return ["".join(node.itertext()) for node in ElementTree.parse(path).iter() if node.tag.endswith("text")]


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    folder, rng = tmp_path_factory.mktemp("tables"), np.random.default_rng(0)
    x = rng.normal(size=(400, 2))
    score = x[:, 0] + rng.normal(size=400)
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1]})
    frame.assign(buys=np.where(score > 0.5, "yes", "no")).to_csv(folder / "two.csv", index=False)
    grade = np.digitize(score, np.quantile(score, np.arange(1, 12) / 12))
    frame.assign(grade=[f"grade {k:02}" for k in grade]).to_csv(folder / "many.csv", index=False)
    sets = [
        ";".join(n for n, there in (("red", s > 0), ("blue", b > 0)) if there)
        for s, b in zip(score, x[:, 1], strict=True)
    ]
    frame.assign(sets=sets).to_csv(folder / "sets.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def runs(tables):
    return {
        "two": train(tables / "two.csv", target="buys", out=tables / "two", **QUICK),
        "many": train(tables / "many.csv", target="grade", out=tables / "many", **QUICK),
        "sets": train(tables / "sets.csv", target="sets", task="multilabel", out=tables / "sets", **QUICK),
    }


def test_evaluate_says_what_scikit_learn_s_report_says(runs, command):
    for name, run in runs.items():
        y, found = run.measured.y, json.loads(command("evaluate", run.path, "--json")[0])
        decided = run.trained.problem.answer(run.measured.a)
        names = list(map(str, run.trained.problem.names))
        every = {} if name == "sets" else {"labels": range(len(names))}
        expected = classification_report(
            y, decided, target_names=names, output_dict=True, zero_division=0, **every
        )
        for row in found["by_class"]:
            assert [row[key] for key in ("precision", "recall", "f1", "support")] == pytest.approx(
                list(expected[row["name"]].values())
            )
        macro = next(row for row in found["averages"] if row["name"] == "macro")
        if len(found["by_class"]) == len(names):
            assert macro["f1"] == pytest.approx(expected["macro avg"]["f1-score"])
        if name != "sets":
            assert found["metrics"]["accuracy"] == pytest.approx(expected["accuracy"])


def test_evaluate_is_short_on_a_terminal(runs, command):
    said, _ = command("evaluate", runs["two"].path)
    lines = said.splitlines()
    assert lines[lines.index("") + 1].split() == ["by", "class", "precision", "recall", "F1", "support"]
    row = next(line.split() for line in lines if line.startswith("yes "))
    rates = next(r for r in runs["two"].evaluate()["by_class"] if r["name"] == "yes")
    assert row[1:] == [f"{rates[key]:.3f}" for key in ("precision", "recall", "f1")] + [str(rates["support"])]
    assert max(map(len, lines)) <= 80
    shown = command("evaluate", runs["many"].path)[0]
    assert "top-5 accuracy" in shown and len(shown.splitlines()) <= 25


def test_the_areas_of_the_plots_are_scikit_learn_s(runs, tmp_path, command):
    run = runs["two"]
    y, p = run.measured.y, run.trained.problem.predictions(run.measured.a)[:, 1]
    said = json.loads(command("plot", "roc", run.path, "--out", tmp_path / "roc.svg", "--json")[0])
    assert said["auc"] == {"yes": pytest.approx(roc_auc_score(y, p))}
    assert f"yes, AUC {roc_auc_score(y, p):.3f}" in texts(tmp_path / "roc.svg")
    said = plot("precision_recall", run, out=tmp_path / "pr.svg")
    assert said["average_precision"] == {"yes": pytest.approx(average_precision_score(y, p))}
    said = plot("thresholds", run, out=tmp_path / "t.svg")
    assert said["in_use"] == 0.5 and {"precision", "recall", "F1"} <= set(texts(tmp_path / "t.svg"))
    first = np.argsort(-p, kind="stable")[: len(p) // 10]
    said = plot("lift", run, out=tmp_path / "l.svg")
    assert said["lift_of_the_first_tenth"]["yes"] == pytest.approx(y[first].mean() / y.mean())
    many = plot("roc", runs["many"], out=tmp_path / "many.svg")
    of, scores = runs["many"], runs["many"].trained.problem.predictions(runs["many"].measured.a)
    assert list(many["auc"].values()) == pytest.approx(
        roc_auc_score(np.eye(12)[of.measured.y], scores, average=None)
    )
    assert any(text.startswith("macro average of 12 classes") for text in texts(tmp_path / "many.svg"))
    sets = plot("roc", runs["sets"], out=tmp_path / "sets.svg")
    assert list(sets["auc"]) == list(runs["sets"].trained.problem.names)


def test_what_is_drawn_is_kept_with_the_run(runs, tables, tmp_path):
    moved = tables / "two.csv"
    before = moved.read_bytes()
    drawn = plot("roc", runs["two"], out=tmp_path / "a.svg")
    moved.unlink()
    try:
        run = load(runs["two"].path)
        again = plot("roc", run, out=tmp_path / "b.svg")
        assert again["curves"] == drawn["curves"]
        assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
        page = run.report().read_text()
    finally:
        moved.write_bytes(before)
    assert page == runs["two"].report().read_text()
    assert "ROC and precision–recall curves" in page and "Thresholds and lift" in page
    assert "Precision and recall by class" in page
    kept = read_measurements(runs["two"].folder).evidence
    assert {ByClass, Ranking} <= {type(one) for one in kept}


def test_numbers_have_no_curves(tmp_path):
    x = np.random.default_rng(0).normal(size=(60, 2))
    run = train((x, x[:, 0] * 1.5), task="regression", out=tmp_path / "run", **QUICK)
    assert "by_class" not in run.evaluate()
    for name in ("roc", "precision_recall", "thresholds", "lift"):
        with pytest.raises(UsageError, match="does not tell classes apart"):
            plot(name, run, out=tmp_path / "x.svg")

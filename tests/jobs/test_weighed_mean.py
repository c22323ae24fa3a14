"""The weighed mean of a network and of the models beside it: their own predictions and scikit-learn's,
averaged by the shares; and it answers in every verb, in a run that goes on too.
"""

import json

import numpy as np
import pandas as pd
import pytest

import gradatim
import gradatim.jobs.train as job
from gradatim.explain.baselines import compare
from gradatim.explain.best_model import ModelsBeside
from gradatim.explain.mean_choice import shares_of
from gradatim.runs.asking import ask, ask_beside
from gradatim.runs.kept_mean import KeptMean, as_models_give, mean_outputs, read_kept, write_kept

QUICK = {"threads": 1, "quiet": True, "seed": 0}


@pytest.fixture(scope="module")
def frame():
    """Partly smooth, which the network learns, partly by towns, which the trees do."""
    rng = np.random.default_rng(0)
    a, b, noise = rng.normal(size=(3, 900))
    town = rng.integers(0, 8, 900)
    y = np.sin(2 * a) * b + 0.6 * (town % 2) * (a > 0) + 0.3 * noise
    table = pd.DataFrame({"a": a, "b": b, "town": [f"t{k}" for k in town], "y": y, "price": np.exp(y)})
    table["high"] = np.where(y + rng.normal(size=900) > 0.3, "yes", "no")
    table["grade"] = np.digitize(y, [-0.3, 0.5]).astype(str)
    table["above"], table["wide"] = (y > 0.2).astype(int), (a * a > 1 + 0.5 * noise).astype(int)
    return table


TARGETS = {
    "numbers": {"target": "y"},
    "logarithms": {"target": "price", "target_transform": "log"},
    "several numbers": {"target": "y,a", "task": "regression"},
    "two classes": {"target": "high"},
    "focal": {"target": "high", "loss": "focal"},
    "three classes": {"target": "grade"},
    "hinge": {"target": "grade", "loss": "hinge"},
    "labels": {"target": "above,wide", "task": "multilabel"},
}  # fmt: skip
OF_TARGETS = {"y", "price", "high", "grade", "above", "wide"}


def options(name):
    """How to train for a target, the columns of the others left out."""
    how = TARGETS[name]
    return {**how, "ignore": sorted(OF_TARGETS - set(how["target"].split(",")))}


def of_scikit_learn(fitted, part, problem):
    """What a fitted model predicts: numbers as the problem learns them, or probabilities."""
    x = fitted.inputs(part, np.arange(len(part)))
    if fitted.one:
        return fitted.models[0].predict_proba(x)
    if problem.task == "multilabel":
        return np.stack([one.predict_proba(x)[:, 1] for one in fitted.models], 1)
    return np.stack([one.predict(x) for one in fitted.models], 1)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(one, marks=pytest.mark.slow) if one in {"logarithms", "focal", "three classes"} else one
        for one in TARGETS
    ],
)
def test_predictions_are_the_mean_of_scikit_learn_s_and_the_network_s(frame, name, tmp_path):
    """Within 1e-6 of the largest; the log of prices is averaged, as the network learns it."""
    run = gradatim.train(
        frame, baselines=False, epochs=3, hidden=8, out=tmp_path / "run", **options(name), **QUICK
    )
    data, trained, problem, found = run.data, run.trained, run.trained.problem, {}

    def consider(who, what, fitted):
        found[who] = of_scikit_learn(fitted, data.test, problem)
        beside.consider(who, what, fitted)

    beside = ModelsBeside(trained, data.valid)
    compare(data.train, data.test, trained, None, 0, lambda: False, consider)
    own = problem.predictions(ask(trained, data.test).a)
    share = (0.25, 0.3, 0.45)
    trained.kept = KeptMean(tuple(beside.models), share, "", (0.0,) * 3, 0.0)
    each = [own, found["linear model"], found["boosted trees"]]
    if name == "logarithms":
        each[0] = np.log(own)
    expected = sum(s * one for s, one in zip(share, each, strict=True))
    expected = np.exp(expected) if name == "logarithms" else expected
    predicted = problem.predictions(ask(trained, data.test).a)
    np.testing.assert_allclose(predicted, expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())
    write_kept(run.folder, trained.kept)
    loaded = gradatim.load(run.path, data=frame)
    assert loaded.answers == "weighed mean"
    again = loaded.trained.problem.predictions(ask(loaded.trained, loaded.data.test).a)
    np.testing.assert_array_equal(again, predicted)
    new = frame.drop(columns=frame.columns.intersection([*OF_TARGETS, *TARGETS[name]["target"].split(",")]))
    assert loaded.predict(new).columns() == run.predict(new).columns()


@pytest.fixture(scope="module")
def members(frame, tmp_path_factory):
    """A run of several networks whose mean with the trees is best; what was decided by, too."""
    seen, decide = {}, job.decide

    def watched(folder, plan, beside, network, unseen=None):
        seen.update(unseen=unseen, beside=beside)
        seen["said"], seen["held"] = decide(folder, plan, beside, network, unseen)
        return seen["said"], seen["held"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(job, "decide", watched)
        run = gradatim.train(
            frame, keep_best_model=True, epochs=15, out=tmp_path_factory.mktemp("members") / "run",
            schedule="constant", **options("numbers"), **QUICK,
        )  # fmt: skip
    return run, seen


def test_members_are_weighed_by_what_they_say_of_rows_that_they_have_not_seen(members):
    run, seen = members
    valid, problem = run.data.valid, run.trained.problem
    assert len(seen["unseen"]) == len(run.data.train) + len(valid)
    kept = read_kept(run.folder)
    a = np.stack([as_models_give(problem, seen["unseen"][-len(valid) :]), *seen["beside"].outputs])
    errors = (problem.predictions(one)[:, 0] - valid.y for one in a)
    assert kept.valid == pytest.approx([np.sqrt(np.mean(one**2)) for one in errors])
    assert kept.share == pytest.approx(shares_of(problem, a, valid.y))
    np.testing.assert_allclose(seen["held"], mean_outputs(problem, a, np.array(kept.share)), atol=1e-12)
    assert 0 < kept.share[0] < 1
    assert (run.answers, run.trained.kept.is_mean) == ("weighed mean", True)


def test_the_sentence_the_comparison_and_the_report_say_what_the_mean_is_of(members):
    run, seen = members
    kept = read_kept(run.folder)
    called = {"network": "the network", "linear model": "a linear model"}
    *some, last = [f"{called.get(name, name)} ({share:.2f})" for name, share in kept.shares.items()]
    start = f"A weighed mean of {', '.join(some)} and {last} is best on validation (RMSE "
    assert seen["said"].startswith(start)
    what = ", ".join(f"{name} {share:.2f}" for name, share in kept.shares.items())
    assert seen["said"].endswith("): it answers in the network's place.")
    row = run.baselines[-1]
    assert (row["name"], row["what"]) == ("weighed mean", what)
    assert row["metrics"] == run.metrics
    page = run.folder.report.read_text()
    assert what in page
    assert "A weighed mean of the network" in page
    found = run.evaluate()
    assert (found["model"], found["shares"]) == ("weighed mean", kept.shares)
    y, test, problem = run.data.test.y, run.data.test, run.trained.problem
    run.trained.kept = None
    own = ask(run.trained, test).a
    run.trained.kept = kept
    each = [
        problem.predictions(own),
        *(problem.predictions(ask_beside(run.trained, one, test)) for one in kept.models),
    ]
    mean = sum(s * one for s, one in zip(kept.share, each, strict=True))
    assert run.metrics["rmse"] == pytest.approx(np.sqrt(np.mean((mean[:, 0] - y) ** 2)))
    assert run.network_metrics["rmse"] == pytest.approx(np.sqrt(np.mean((each[0][:, 0] - y) ** 2)))


@pytest.mark.slow
def test_a_run_that_goes_on_weighs_again_as_one_that_never_stopped(members, frame, tmp_path):
    run, _ = members
    how = {"keep_best_model": True, "schedule": "constant", **options("numbers"), **QUICK}
    gradatim.train(frame, epochs=6, out=tmp_path / "run", **how)
    on = gradatim.train(frame, resume=tmp_path / "run", epochs=15, quiet=True)
    assert on.folder.kept.read_bytes() == run.folder.kept.read_bytes()
    assert [row["name"] for row in on.baselines] == [row["name"] for row in run.baselines]
    assert on.metrics == run.metrics
    longer = gradatim.train(frame, resume=tmp_path / "run", epochs=16, quiet=True)
    assert longer.baselines[-1]["metrics"] == longer.metrics
    assert [row["name"] for row in longer.baselines].count("weighed mean") == 1


def test_a_run_killed_before_its_models_were_kept_learns_them_again(members, frame, tmp_path, monkeypatch):
    run, _ = members

    def killed(*_):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr("gradatim.jobs.best_model.write_kept", killed)
        with pytest.raises(SystemExit):
            gradatim.train(
                frame, keep_best_model=True, epochs=15, out=tmp_path / "run", schedule="constant",
                **options("numbers"), **QUICK,
            )  # fmt: skip
    assert (tmp_path / "run" / "baselines.json").exists()
    on = gradatim.train(frame, resume=tmp_path / "run", quiet=True)
    assert on.folder.kept.read_bytes() == run.folder.kept.read_bytes()
    assert on.baselines[-1]["metrics"] == run.baselines[-1]["metrics"]


def test_a_threshold_is_chosen_on_what_the_mean_says_of_rows_that_nothing_has_seen(
    frame, tmp_path, monkeypatch
):
    held, decide = {}, job.decide
    share = (0.5, 0.2, 0.3)
    monkeypatch.setattr(
        "gradatim.jobs.best_model.choose_mean",
        lambda problem, models, *_: KeptMean(tuple(models), share, "loss", (0.7, 0.7, 0.7), 0.6),
    )

    def watched(*arguments):
        said, held["a"] = decide(*arguments)
        return said, held["a"]

    monkeypatch.setattr(job, "decide", watched)
    run = gradatim.train(
        frame, keep_best_model=True, epochs=3, threshold="f1", out=tmp_path / "run",
        **options("two classes"), **QUICK,
    )  # fmt: skip
    expected = run.trained.problem.settle(held["a"], run.data.valid.y, "f1")
    assert run.trained.problem.threshold == expected.threshold
    seen = run.trained.problem.predictions(ask(run.trained, run.data.valid).a)
    assert (
        abs(seen - run.trained.problem.predictions(held["a"])).max() > 0.01
    )  # members have learned from these
    assert gradatim.load(run.path).trained.problem.threshold == expected.threshold


@pytest.mark.slow
def test_the_command_line_says_the_shares(frame, tmp_path, command):
    frame[["a", "b", "town", "y"]].to_csv(tmp_path / "t.csv", index=False)
    how = ("--target", "y", "--epochs", 15, "--threads", 1, "--schedule", "constant")
    out, said = command("train", tmp_path / "t.csv", *how, "--keep-best-model", "--out", "run")
    assert "A weighed mean of the network (0." in said
    names = [line.split("  ")[0] for line in out.splitlines()]
    assert names[names.index("network") :][:5] == [
        "network", "mean", "linear model", "boosted trees", "weighed mean",
    ]  # fmt: skip
    out, _ = command("evaluate", "run")
    assert out.startswith("test examples 180, answered by a weighed mean (network 0.")
    out, _ = command("evaluate", "run", "--json")
    assert sum(json.loads(out)["shares"].values()) == pytest.approx(1)
    out, _ = command("predict", "run", tmp_path / "t.csv")
    found = pd.read_csv(pd.io.common.StringIO(out))
    assert np.corrcoef(found["prediction"], found["y"])[0, 1] > 0.8
    command("report", "run")


def test_trees_read_fewer_words_than_the_network(tmp_path, monkeypatch):
    """Of a free text the mean gives each what it has learned from."""
    monkeypatch.setattr("gradatim.explain.baselines.MOST_WORDS", 3)
    monkeypatch.setattr("gradatim.runs.kept_model.MOST_WORDS", 3)
    rng = np.random.default_rng(0)
    words = np.array(["red", "green", "blue", "warm", "cold", "old", "new", "large", "small", "quick"])
    texts = [" ".join(words[rng.integers(0, 10, 6)]) + f" {i}" for i in range(300)]
    price = np.array([3.0 * text.count("red") - 2.0 * ("old" in text) for text in texts])
    frame = pd.DataFrame({"note": texts, "size": rng.normal(size=300), "price": price})
    run = gradatim.train(
        frame, target="price", task="regression", baselines=False, epochs=2, hidden=8,
        out=tmp_path / "run", **QUICK,
    )  # fmt: skip
    data, trained, problem, found = run.data, run.trained, run.trained.problem, {}

    def consider(who, what, fitted):
        found[who] = fitted.answers(data.test)
        beside.consider(who, what, fitted)

    beside = ModelsBeside(trained, data.valid)
    compare(data.train, data.test, trained, None, 0, lambda: False, consider)
    assert not beside.failed
    own = problem.predictions(ask(trained, data.test).a)
    trained.kept = KeptMean(tuple(beside.models), (0.5, 0.2, 0.3))
    expected = 0.5 * own + 0.2 * found["linear model"] + 0.3 * found["boosted trees"]
    predicted = problem.predictions(ask(trained, data.test).a)
    np.testing.assert_allclose(predicted, expected, rtol=1e-6, atol=1e-6 * np.abs(expected).max())
    assert np.isfinite(run.evaluate()["metrics"]["rmse"])

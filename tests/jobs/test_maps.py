"""F11: a self-organising map through every verb."""

import re

import numpy as np
import pandas as pd
import pytest

import gradatim
from gradatim import UsageError
from gradatim.checks import Notice, notice
from gradatim.explain.stored_measurements import read_measurements
from gradatim.jobs.plot import plot
from gradatim.problems.evidence import TrainedMap
from gradatim.runs.tensors import read_tensors

RNG = np.random.default_rng(0)
X = RNG.normal(size=(150, 3)).astype("f4")
KIND = np.where(X[:, 0] > 0, "high", "low")
MAP = {"model": "som", "network": {"rows": 4, "columns": 5}}
QUICK = {"quiet": True, "threads": 1, "epochs": 3}


def frame(missing=False):
    table = pd.DataFrame(X.astype(float), columns=list("abc"))
    table["kind"] = KIND
    if missing:
        table.loc[3, "a"] = np.nan
    return table


def errors_by_hand(run, examples):
    """The nearest and the second unit of each example, by all distances."""
    x = run.trained.encoder.inputs(examples).astype(np.float64)
    som = run.trained.model
    W = som.weight.detach().numpy().astype(np.float64)
    far = np.sqrt(((x.reshape(len(x), 1, -1) - W) ** 2).sum(2))
    best, second = np.argsort(far, 1, kind="stable")[:, :2].T
    apart = np.maximum(
        np.abs(best // som.columns - second // som.columns), np.abs(best % som.columns - second % som.columns)
    )
    return best, far.min(1).mean(), (apart > 1).mean()


@pytest.mark.parametrize("rule", ["batch", "online"])
def test_digits_are_mapped_measured_and_found_again(tmp_path, rule):
    network = {"rows": 6, "columns": 7, "rule": rule}
    run = gradatim.train("digits", model="som", network=network, out=tmp_path / "run", **QUICK)
    best, quantisation, topographic = errors_by_hand(run, run.data.test)
    assert run.metrics == pytest.approx(
        {"quantisation_error": quantisation, "topographic_error": topographic}, rel=1e-5
    )
    found = run.predict(run.data.test.x)
    assert np.array_equal(found.labels, np.stack([best // 7, best % 7], 1))
    assert list(found.columns()) == ["row", "column", "distance"]
    again = gradatim.load(tmp_path / "run")
    assert again.evaluate() == run.evaluate()
    page = (run.path / "report.html").read_text()
    assert page.count('class="unit"') == 12 * 42  # distances, hits, and those of ten classes
    assert "U-matrix" in page and "Hits by class" in page


def test_the_kept_map_has_the_hits_of_each_class(tmp_path):
    run = gradatim.train(frame(), target="kind", out=tmp_path / "run", **MAP, **QUICK)
    kept = next(one for one in read_measurements(run.folder).evidence if isinstance(one, TrainedMap))
    best, _, _ = errors_by_hand(run, run.data.test)
    assert kept.names == ("high", "low")
    assert np.array_equal(kept.hits().ravel(), np.bincount(best, minlength=20))
    for k in (0, 1):
        expected = np.bincount(best[run.data.test.y == k], minlength=20)
        assert np.array_equal(kept.hits(k).ravel(), expected)
    assert run.trained.features == ("a", "b", "c")


@pytest.mark.parametrize("form", ["frame", "array", "pair", "csv", "missing"])
def test_a_target_is_not_needed(tmp_path, form):
    frame().to_csv(tmp_path / "t.csv", index=False)
    data = {
        "frame": frame().drop(columns="kind"), "array": X, "pair": (X, None), "csv": tmp_path / "t.csv",
        "missing": frame(missing=True),
    }[form]  # fmt: skip
    run = gradatim.train(data, out=tmp_path / "run", **MAP, **QUICK)
    assert run.metrics["quantisation_error"] < 2
    whole = run.evaluate(data if form != "pair" else X)
    assert whole["n"] == 150
    assert "Hits by class" not in (run.path / "report.html").read_text()


def test_it_goes_on_to_the_same_bits_after_a_limit_of_time(tmp_path):
    how = {**MAP, "quiet": True, "threads": 1, "epochs": 40}
    how["network"] = {**MAP["network"], "rule": "online", "topology": "hexagonal"}
    gradatim.train((X, KIND), out=tmp_path / "whole", **how)
    gradatim.train((X, KIND), out=tmp_path / "half", max_minutes=1e-5, **how)
    half = gradatim.load(tmp_path / "half", data=(X, KIND))
    while len(half.records) < 40:
        half = gradatim.train((X, KIND), resume=tmp_path / "half", quiet=True, max_minutes=1)
    whole, half = (read_tensors(tmp_path / n / "model.safetensors", "model")[0] for n in ("whole", "half"))
    assert all(np.array_equal(whole[name], half[name]) for name in whole)


def test_a_run_of_more_units_than_examples_says_so(tmp_path):
    notice.cache_clear()
    with pytest.warns(Notice, match="the map has 400 units for"):
        gradatim.train(X, model="som", network={"rows": 20, "columns": 20}, out=tmp_path / "run", **QUICK)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"optimizer": "sgd"}, "^--optimizer is not for som, which learns by Kohonen's rule"),
        ({"device": "cuda"}, "^--device is not for som"), ({"weight_decay": 0.1}, "^--weight-decay is not"),
        ({"hidden": (8,)}, "hidden"),
        ({"network": {"topology": "hexagon"}}, "topology must be rectangular or hexagonal"),
        ({"network": {"row": 3}}, "rows"), ({"lr": 2.0}, "lr must be a number above 0 and at most 1"),
    ],
)  # fmt: skip
def test_what_a_map_does_not_take_is_refused(tmp_path, asked, said):
    with pytest.raises(UsageError, match=said):
        gradatim.train(X, **{"model": "som", "quiet": True, "out": tmp_path / "run", **asked})


def test_arrays_with_missing_numbers_and_without_variance_are_refused(tmp_path):
    bad = X.copy()
    bad[7, 1] = np.nan
    with pytest.raises(gradatim.GradatimError, match=r"nan|NaN|finite"):
        gradatim.train(bad, out=tmp_path / "run", **MAP, **QUICK)
    with pytest.raises(UsageError, match="no variance to map"):
        gradatim.train(np.ones((40, 3)), out=tmp_path / "run", **MAP, **QUICK)


@pytest.mark.parametrize(("topology", "theme"), [("rectangular", "light"), ("hexagonal", "dark")])
def test_plots_show_the_map(tmp_path, theme, topology):
    network = {**MAP["network"], "topology": topology}
    run = gradatim.train(frame(), target="kind", model="som", network=network, out=tmp_path / "run", **QUICK)
    W = run.trained.model.weight.detach().numpy()
    found = plot("hits", run, out=tmp_path / "h.svg", theme=theme)
    best, _, _ = errors_by_hand(run, run.data.test)
    assert np.array_equal(np.ravel(found["hits"]), np.bincount(best, minlength=20))
    assert found["empty"] == 20 - len(set(best.tolist()))
    text = (tmp_path / "h.svg").read_text()
    assert text.count(">high</text>") + text.count(">low</text>") == len(set(best.tolist()))
    assert {"row", "column", "0", "3"} <= set(re.findall(r">([^<>]+)</text>", text))
    plot("hits", run, out=tmp_path / "again.svg", theme=theme)
    assert (tmp_path / "again.svg").read_text() == text
    found = plot("components", run, out=tmp_path / "c.svg", theme=theme)
    assert found["inputs"] == ["a", "b", "c"]
    found = plot("u-matrix", run, out=tmp_path / "u.png", theme=theme)
    from gradatim.unsupervised.map_measures import u_matrix

    assert found["largest"] == pytest.approx(u_matrix(W, 4, 5, topology).max())


def test_other_runs_have_no_map(tmp_path):
    run = gradatim.train("digits", model="rbm", network={"hidden": 4}, out=tmp_path / "run", **QUICK)
    with pytest.raises(UsageError, match="has no map to draw: its network is rbm, not som"):
        plot("u-matrix", run, out=tmp_path / "u.png")


def test_a_map_whose_distances_grow_at_first_is_not_said_to_learn_nothing(tmp_path):
    """From the examples themselves, a wide neighbourhood draws the units together."""
    network = {**MAP["network"], "initial": "sample"}
    run = gradatim.train(X, model="som", network=network, out=tmp_path / "run", **QUICK)
    assert run.records[-1]["train_loss"] > run.records[0]["train_loss"]
    assert "Nothing was learned" not in (run.path / "report.html").read_text()

"""All that a report finds out of a network's answers: calibration, intervals, misses, columns."""

import numpy as np
import pytest
from scipy import stats

import gradatim
from gradatim.explain.calibration import reliability
from gradatim.explain.column_evidence import Columns, Dependence, Note
from gradatim.explain.gather_evidence import evidence_of
from gradatim.problems.evidence import Calibration, Confusion, Coverage, Misses
from gradatim.problems.intervals import LEVELS

from .conftest import QUICK, shop


def found_of(run):
    """The evidence of a run's answers to its test examples, by its kind."""
    a, y = run.measured.a, run.measured.y
    return {type(one): one for one in evidence_of(run.trained, run.data.test, a, y, run.records, 0)}


@pytest.mark.parametrize("name", ["plan", "buys"])
def test_the_expected_calibration_error_is_that_of_a_plain_loop(runs, name):
    run = runs[name]
    p, decided = run.trained.problem.predictions(run.measured.a), run.trained.problem.answer(run.measured.a)
    found = found_of(run)[Calibration]
    if name == "plan":
        np.testing.assert_array_equal(found.p, p.max(1))
        np.testing.assert_array_equal(found.came_true, decided == run.measured.y)
        assert found.of == "probability of the answer"
    else:
        np.testing.assert_array_equal(found.p, p[:, 1])
        np.testing.assert_array_equal(found.came_true, run.measured.y == 1)
        assert found.of == "probability of yes"
    error = 0.0
    for b in range(10):
        inside = [i for i, p in enumerate(found.p) if b / 10 < p <= (b + 1) / 10]
        if inside:
            confidence = sum(float(found.p[i]) for i in inside) / len(inside)
            right = sum(found.came_true[i] for i in inside) / len(inside)
            error += len(inside) / len(found.p) * abs(right - confidence)
    assert reliability(found.p, found.came_true).error == pytest.approx(error, abs=1e-12)


def test_intervals_of_true_distributions_hold_what_they_promise(runs):
    problem, n = runs["price"].trained.problem, 20_000
    rng = np.random.default_rng(0)
    a = np.stack([rng.normal(size=n), rng.normal(size=n)], 1)  # μ and log σ²
    y = a[:, 0] + np.exp(0.5 * a[:, 1]) * rng.normal(size=n)
    y = y * problem.scale[0] + problem.shift[0]
    for level in LEVELS:
        share, width = problem.coverage_at(a, y, level)
        assert share == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / n))
        reach = stats.norm.interval(level)[1]
        assert width[0] == pytest.approx(2 * reach * np.exp(0.5 * a[:, 1]).mean() * problem.scale[0])
    found = found_of(runs["price"])[Coverage]
    assert list(found.nominal) == list(LEVELS)
    assert list(found.shares) == sorted(found.shares) and found.shares[-1] > 0.7


def test_the_largest_residuals_are_shown_as_rows(runs):
    run = runs["price"]
    predicted = run.trained.problem.predictions(run.measured.a)
    residual = (predicted - run.measured.y.reshape(-1, 1))[:, 0]
    found = found_of(run)[Misses]
    rows = list(found.rows)
    assert rows == np.argsort(-np.abs(residual), kind="stable")[: len(rows)].tolist()
    assert found.told[0]["off by"] == pytest.approx(np.abs(residual).max() * np.sign(residual[rows[0]]))
    assert found.told[0]["predicted"] - found.told[0]["true"] == pytest.approx(found.told[0]["off by"])
    page = run.report().read_text()
    for heading in ("Predictions and residuals", "Coverage of intervals", "Permutation importance"):
        assert heading in page
    assert page == run.report().read_text()  # the same again, from its files and data


def test_columns_too_many_to_shuffle_are_said_to_be(runs):
    run = runs["buys"]
    run.trained.facts["parameters"], was = 10**9, run.trained.facts["parameters"]
    try:
        found = found_of(run)
    finally:
        run.trained.facts["parameters"] = was
    assert not found.keys() & {Columns, Dependence}
    assert found[Note].text == "With 5 columns, shuffling each of them takes too long for this page."


def test_a_column_of_sets_and_a_free_text_are_explained_too(tmp_path):
    frame = shop(300)
    frame["tags"] = np.where(frame["member"] == "yes", "red;blue", np.where(frame["visits"] > 20, "red", ""))
    frame["said"] = [f"{town} is a fine place and number {i} says so" for i, town in enumerate(frame["town"])]
    run = gradatim.train(
        frame[["visits", "said", "member", "tags"]], target="tags", task="multilabel", **QUICK,
        out=tmp_path / "run",
    )  # fmt: skip
    found = found_of(run)
    told = {name for one in found[Misses].told for name in one["true"].split(", ")}
    assert told <= {"blue", "red", "none"}
    assert {rise.column for rise in found[Columns].importance.rises} == {"visits", "said", "member"}
    shown = found[Dependence].effects if Dependence in found else []
    assert all(effect.column != "said" for effect in shown)  # it cannot be set to anything


@pytest.mark.parametrize("value", [np.inf, np.nan, 1e150, 1e60])
@pytest.mark.parametrize("name", ["plan", "buys", "price"])
def test_of_answers_beyond_all_numbers_the_page_shows_what_can_be_drawn(tmp_path, value, name):
    """As of a network that has diverged after its last validation; its measures say so."""
    frame = shop(200).drop(columns=[other for other in ("plan", "buys", "price") if other != name])
    run = gradatim.train(frame, target=name, out=tmp_path / "run", **(QUICK | {"epochs": 1}))
    for parameter in run.trained.model.parameters.values():
        parameter[...] = value
    run._measured = None
    with np.errstate(all="ignore"):
        found, page = found_of(run), run.report().read_text()
    assert ">Settings</h2>" in page
    if not np.isfinite(run.metrics["loss"]):
        assert not found.keys() & {Columns, Dependence, Calibration}
        assert (Confusion in found) == (name != "price")
    if name == "price" and not np.isfinite(value):
        assert not found
        assert "The loss over 40 test examples is nan." in page

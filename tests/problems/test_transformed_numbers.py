"""A transformed target: learned, predicted and measured as scikit-learn's TransformedTargetRegressor."""

import json

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.preprocessing import PowerTransformer, StandardScaler

import gradatim
from gradatim.checks import GradatimError, UsageError
from gradatim.data.question import Question
from gradatim.explain.baselines import compare
from gradatim.problems.choose import problem_from
from gradatim.problems.classes import Classes
from gradatim.problems.counts import Counts
from gradatim.problems.intervals import Intervals
from gradatim.problems.numbers import Numbers

RNG = np.random.default_rng(0)
X = RNG.normal(size=(400, 3))
PRICE = np.exp(X @ [0.8, -0.5, 0.3] + 5 + 0.2 * RNG.normal(size=400))
TWO = np.stack([PRICE, np.sinh(X[:, 0])], 1)


def posed(asked, y=PRICE, names=("price",), loss=None, kind=Numbers):
    return kind.pose(Question("regression", names), y, loss).with_transform(asked, y)[0]


def test_the_logarithm_is_standardised_and_comes_back():
    problem = posed("log")
    np.testing.assert_allclose(
        problem.targets(PRICE), StandardScaler().fit_transform(np.log(PRICE)[:, None])[:, 0]
    )
    np.testing.assert_allclose(problem.predictions(problem.targets(PRICE)[:, None])[:, 0], PRICE, rtol=1e-12)


def test_yeo_johnson_is_scikit_learn_s_for_each_of_several_targets():
    """To 1e-6, as far as λ is; λ of the first is below 0 there, so the second alone is compared."""
    problem = posed("yeo_johnson", TWO, ("price", "b"))
    theirs = PowerTransformer().fit(TWO)
    assert 0 < theirs.lambdas_[1] < 2
    np.testing.assert_allclose(problem.targets(TWO)[:, 1], theirs.transform(TWO)[:, 1], atol=1e-5)
    np.testing.assert_allclose(problem.predictions(problem.targets(TWO)), TWO, rtol=1e-9)


@pytest.mark.parametrize("asked", ["log", "log1p", "yeo_johnson", "auto"])
def test_the_record_comes_back_through_json(asked):
    problem = posed(asked)
    again = problem_from(json.loads(json.dumps(problem.as_dict())))
    assert again == problem
    a = RNG.normal(size=(5, 1))
    np.testing.assert_array_equal(again.predictions(a), problem.predictions(a))


def test_a_record_without_a_transform_is_as_before():
    assert "transform" not in posed("standard").as_dict()
    assert posed("standard") == Numbers.pose(Question("regression", ("price",)), PRICE, None)


@pytest.mark.parametrize("record", [[{"name": "sqrt"}], [{"name": "log"}] * 2, ["log"], "log"])
def test_a_damaged_record_is_refused(record):
    with pytest.raises(GradatimError, match="transform of numbers must be a transform for each name"):
        problem_from({**posed("log").as_dict(), "transform": record})


def test_a_quantile_of_the_logarithm_is_a_quantile_of_the_number():
    problem = posed("log", loss="gaussian_nll", kind=Intervals)
    a = np.stack([problem.targets(PRICE) + 0.1 * RNG.normal(size=400), np.full(400, np.log(0.04))], 1)
    low, high = problem.ends(a)
    mu, sigma = problem.shift[0] + problem.scale[0] * a[:, 0], problem.scale[0] * 0.2
    np.testing.assert_allclose(low[:, 0], np.exp(mu - 1.6448536269514722 * sigma), rtol=1e-12)
    np.testing.assert_allclose(high[:, 0], np.exp(mu + 1.6448536269514722 * sigma), rtol=1e-12)
    assert (low < problem.predictions(a)).all()
    share, widths = problem.coverage_at(a, PRICE, 0.9)
    assert share == problem.coverage(a, PRICE)
    assert widths[0] == pytest.approx((high - low).mean(), rel=1e-6)
    settled = problem.settle(a, PRICE, None)
    assert settled.coverage(a, PRICE) == pytest.approx(0.9, abs=0.01)
    assert settled.transform == problem.transform


def test_the_unit_is_in_the_target_s_own_units():
    problem = posed("log")
    s, t = problem.scale[0], problem.shift[0]
    assert problem.unit[0] == pytest.approx((np.exp(t + s) - np.exp(t - s)) / 2)


def test_what_has_no_number_to_transform_is_refused():
    with pytest.raises(UsageError, match="target of numbers"):
        Classes(("no", "yes")).with_transform("log", np.array([0, 1]))
    with pytest.raises(UsageError, match="logarithm of the mean already"):
        Counts(("n",), "poisson_nll").with_transform("log", np.array([1.0]))
    with pytest.raises(UsageError, match="a loader's are not known"):
        Numbers(("y",)).with_transform("log", None)


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "prices.csv"
    rows = (",".join(map(repr, [*map(float, x), float(y)])) for x, y in zip(X, PRICE, strict=True))
    path.write_text("a,b,c,price\n" + "\n".join(rows) + "\n")
    return path


HOW = {"target": "price", "epochs": 8, "hidden": 16, "threads": 1, "quiet": True}


def test_a_run_learns_predicts_evaluates_and_resumes_by_the_logarithm(table, tmp_path):
    run = gradatim.train(table, target_transform="log", out=tmp_path / "run", **HOW)
    assert run.config["choices"]["target"] == "log, as asked"
    assert run.trained.problem.transform == ({"name": "log"},)
    loaded = gradatim.load(tmp_path / "run")
    found = np.array(loaded.predict(table).columns()["prediction"])
    assert (found > 0).all()
    test = run.data.test
    a = run.measured.a
    p = run.trained.problem.predictions(a)[:, 0]
    assert run.metrics["rmse"] == pytest.approx(np.sqrt(np.mean((p - test.y) ** 2)))
    assert loaded.evaluate()["metrics"] == pytest.approx(run.metrics)
    z, mean, deviation = (
        np.log(test.y),
        *(np.array(v) for v in (loaded.trained.problem.shift, loaded.trained.problem.scale)),
    )
    loss = np.mean((a[:, 0] - (z - mean) / deviation) ** 2)
    assert run.metrics["loss"] == pytest.approx(loss, rel=1e-5)
    on = gradatim.train(resume=tmp_path / "run", epochs=9, quiet=True)
    assert on.trained.problem.transform == ({"name": "log"},)


def test_other_models_learn_the_same_transformed_target(table, tmp_path):
    """The linear model is scikit-learn's TransformedTargetRegressor around the same ridge regression."""
    run = gradatim.train(table, target_transform="log", out=tmp_path / "run", **HOW)
    row = next(row for row in run.baselines if row["name"] == "linear model")
    x, test = (run.trained.encoder.inputs(part) for part in (run.data.train, run.data.test))
    theirs = TransformedTargetRegressor(Ridge(), func=np.log, inverse_func=np.exp).fit(x, run.data.train.y)
    p = theirs.predict(test)
    assert row["metrics"]["rmse"] == pytest.approx(np.sqrt(np.mean((p - run.data.test.y) ** 2)), rel=1e-4)
    plain = gradatim.train(table, out=tmp_path / "plain", **HOW)
    rows, _ = compare(run.data.train, run.data.test, plain.trained, None, 0, lambda: False)
    assert rows[1]["metrics"]["rmse"] > row["metrics"]["rmse"]  # the relation is one of logarithms


def test_the_logarithm_of_a_number_that_has_none_is_refused_by_its_row(table, tmp_path):
    lines = table.read_text().splitlines()
    lines[118] = "0.1,0.2,0.3,-4"
    table.write_text("\n".join(lines) + "\n")
    with pytest.raises(UsageError, match="the target 'price' is -4 in row 118; log is of numbers above 0"):
        gradatim.train(table, target_transform="log", out=tmp_path / "run", **HOW)
    assert not (tmp_path / "run").exists()
    run = gradatim.train(table, target_transform="auto", out=tmp_path / "run", **HOW)
    assert run.config["choices"]["target"].startswith("yeo_johnson with λ = ")


def test_a_transform_of_classes_is_refused():
    with pytest.raises(UsageError, match="--target-transform is for a target of numbers"):
        gradatim.train("digits", target_transform="log", quiet=True)

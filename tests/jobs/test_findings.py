"""What a report finds out of a network's answers: calibration, intervals, importance, dependence."""

import numpy as np
import pandas as pd
import pytest
import sklearn.inspection._permutation_importance as theirs
from gradatim.jobs.dependence import dependence, mean_answers, values_of
from gradatim.jobs.encoded import encoded
from gradatim.jobs.findings import LEVELS, findings
from gradatim.jobs.importance import importance
from gradatim.jobs.intervals import covered
from gradatim.jobs.measure import loss_of, outputs, probabilities
from scipy import stats
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.inspection import partial_dependence, permutation_importance

import gradatim
from gradatim.data import preprocessing
from gradatim.explain.calibration import asked_of, reliability
from gradatim.jobs.evaluate import measured_on
from gradatim.random import permutation

QUICK = {"epochs": 4, "hidden": 8, "threads": 1, "quiet": True, "baselines": False, "precision": "float64"}


def shop(n=900, seed=0):
    """Who buys, which of three plans, and for how much, by columns of every kind."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({
        "spent": rng.lognormal(3, 1, n), "visits": rng.integers(0, 40, n).astype(float),
        "town": rng.choice(["Rome", "Oslo", "Kyiv", "Lima"], n), "member": rng.choice(["yes", "no"], n),
        "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
    })  # fmt: skip
    score = 0.1 * frame["visits"] + (frame["town"] == "Rome") * 2 + (frame["member"] == "yes") - 3
    frame["plan"] = np.select([score < -1, score < 1], ["none", "small"], "large")
    frame["buys"] = np.where(score + rng.logistic(0, 0.5, n) < 0, "no", "yes")
    frame["price"] = 100 + 20 * score + rng.normal(0, 8, n)
    frame.loc[rng.random(n) < 0.1, "visits"] = np.nan
    return frame


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder, frame = tmp_path_factory.mktemp("findings"), shop()
    targets = ["plan", "buys", "price"]
    made = {}
    for name, more in (("plan", {}), ("buys", {}), ("price", {"loss": "gaussian_nll", "epochs": 20})):
        table = frame.drop(columns=[other for other in targets if other != name])
        made[name] = gradatim.train(table, target=name, out=folder / name, **(QUICK | more))
    return made


@pytest.mark.parametrize("name", ["plan", "buys"])
def test_the_expected_calibration_error_is_that_of_a_plain_loop(runs, name):
    measured = measured_on(runs[name])
    said, came_true = asked_of(measured.probabilities, measured.targets, measured.decisions)
    if name == "plan":
        np.testing.assert_array_equal(said, measured.probabilities.max(1))
    else:
        np.testing.assert_array_equal(said, measured.probabilities[:, 1])
    error = 0.0
    for b in range(10):
        inside = [i for i, p in enumerate(said) if b / 10 < p <= (b + 1) / 10]
        if inside:
            confidence = sum(float(said[i]) for i in inside) / len(inside)
            right = sum(came_true[i] for i in inside) / len(inside)
            error += len(inside) / len(said) * abs(right - confidence)
    assert reliability(said, came_true).error == pytest.approx(error, abs=1e-12)
    found = findings(runs[name].trained, runs[name].data.test, measured, 0)
    assert found.calibration.error == pytest.approx(error)


def test_intervals_of_true_distributions_hold_what_they_promise(runs):
    trained, n = runs["price"].trained, 20_000
    record = trained.preprocessing["target"]
    rng = np.random.default_rng(0)
    a = np.stack([rng.normal(size=n), rng.normal(size=n)], 1)  # μ and log σ²
    y = a[:, 0] + np.exp(0.5 * a[:, 1]) * rng.normal(size=n)
    y = y * record["scale"][0] + record["shift"][0]
    for level in LEVELS:
        share, width = covered(trained, a, y, level)
        assert share == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / n))
        reach = stats.norm.interval(level)[1]
        assert width[0] == pytest.approx(2 * reach * np.exp(0.5 * a[:, 1]).mean() * record["scale"][0])
    found = findings(trained, runs["price"].data.test, measured_on(runs["price"]), 0)
    assert [row.nominal for row in found.coverage] == list(LEVELS)
    shares = [row.share for row in found.coverage]
    assert shares == sorted(shares) and shares[-1] > 0.7


def test_the_rise_is_twice_the_squared_weight_times_the_variance(tmp_path):
    """y = Σ w_j x_j + noise with independent columns: shuffling one costs 2 w_j² var(x_j)."""
    w, n = np.array([3.0, -1.0, 0.5, 0.0]), 2000
    x = np.random.default_rng(1).normal(size=(n, 4)) * [1, 2, 3, 4]
    noise = np.random.default_rng(2).normal(size=n)
    frame = pd.DataFrame(x, columns=list("abcd")).assign(y=x @ w + noise)
    run = gradatim.train(frame, target="y", out=tmp_path / "r", **(QUICK | {"hidden": [], "epochs": 1}))
    record = run.trained.preprocessing
    record["target"] |= {"shift": [0.0], "scale": [1.0]}  # so that the loss is in y's own unit
    for column in record["columns"]:
        column |= {"shift": 0.0, "scale": 1.0}
    run.trained.model.parameters["1.weight"][:] = w
    run.trained.model.parameters["1.bias"][:] = 0
    test = run.data.test
    found = importance(run.trained, test, seed=0, shuffles=20)
    rises = {rise.column: rise for rise in found.rises}
    assert [rise.column for rise in found.rises][-1] == "d"
    assert rises["d"].mean == rises["d"].deviation == 0  # the network ignores it
    for j, name in enumerate("abc"):
        expected = 2 * w[j] ** 2 * test.x[:, j].var()
        error = 4 * rises[name].deviation / np.sqrt(20) + 0.02 * expected
        assert rises[name].mean == pytest.approx(expected, abs=error)
        assert rises[name].mean == pytest.approx(expected, rel=0.1)
    assert found.loss == pytest.approx(1.0, rel=0.2)
    assert importance(run.trained, test, seed=0, shuffles=20) == found  # the same seed, the same shuffles


class Ours(ClassifierMixin, BaseEstimator):
    """A trained network as scikit-learn takes it: raw columns as numbers in, each prediction encoded anew."""

    def __init__(self, trained):
        self.trained = trained
        self.classes_ = np.arange(len(trained.classes))

    def fit(self, x, y):
        return self

    def __sklearn_is_fitted__(self):
        return True

    def predict_proba(self, x):
        return probabilities(self.trained, x)


class Permutations:
    """scikit-learn's random state, whose shuffles put the rows of each column into our orders."""

    def __init__(self, columns, seed):
        self.columns, self.seed, self.calls, self.shuffles = columns, seed, 0, 3

    def randint(self, *_):
        return 0

    def shuffle(self, places):
        column, r = divmod(self.calls, self.shuffles)
        n, name = len(places), self.columns[column]
        was = np.arange(n) if r == 0 else permutation(self.seed, f"{name}, shuffle {r - 1}", n)
        now = permutation(self.seed, f"{name}, shuffle {r}", n)
        places[:] = np.argsort(was)[now]  # theirs shuffle what is shuffled already
        self.calls += 1


def test_importance_is_scikit_learn_s_by_the_same_permutations(runs, monkeypatch):
    trained, test = runs["plan"].trained, runs["plan"].data.test
    ours = {rise.column: rise for rise in importance(trained, test, 5, shuffles=3).rises}
    names = [one["name"] for one in trained.preprocessing["columns"]]
    state = Permutations(names, 5)
    monkeypatch.setattr(theirs, "check_random_state", lambda _: state)

    def minus_loss(model, x, y):
        return -loss_of(trained)(outputs(trained, x), y).mean()

    found = permutation_importance(
        Ours(trained),
        preprocessing.inputs(trained.preprocessing, test),
        test.y,
        scoring=minus_loss,
        n_repeats=3,
    )
    assert len(names) == 5
    np.testing.assert_allclose([ours[name].mean for name in names], found.importances_mean, atol=1e-12)
    np.testing.assert_allclose([ours[name].deviation for name in names], found.importances_std, atol=1e-12)
    assert max(ours, key=lambda name: ours[name].mean) in ("visits", "town")


@pytest.mark.parametrize("name", ["plan", "buys"])
def test_dependence_is_scikit_learn_s(runs, name):
    trained, test = runs[name].trained, runs[name].data.test
    seen = encoded(trained, test, len(test), 0)
    raw = np.where(np.isnan(seen.raw), 3.0, seen.raw)  # theirs make no grid of missing values
    seen = type(seen)(trained, seen.columns, raw, seen.encode(raw), seen.places, seen.y)
    for j in range(len(seen.columns)):
        reference = partial_dependence(Ours(trained), raw, [j], method="brute", grid_resolution=15)
        mean = mean_answers(seen, j, reference["grid_values"][0])
        wanted = reference["average"] if len(trained.classes) > 2 else reference["average"][[0]]
        ours = mean.T if len(trained.classes) > 2 else mean.T[[1]]
        np.testing.assert_allclose(ours, wanted, atol=1e-6)


def test_dependence_of_numbers_is_in_their_own_unit(runs):
    run = runs["price"]
    effects, rows = dependence(run.trained, run.data.test, ["visits", "town", "since", "member"], seed=0)
    assert rows == len(run.data.test)
    visits, town, since, member = effects
    assert visits.of == "mean predicted price"
    assert visits.answers[0].means[-1] > visits.answers[0].means[0] + 8
    assert len(visits.rug) == 9 and visits.grid == sorted(visits.grid)
    assert sorted(town.labels) == ["Kyiv", "Lima", "Oslo", "Rome"]
    means = dict(zip(town.labels, town.answers[0].means, strict=True))
    assert max(means, key=means.get) == "Rome" and 50 < means["Oslo"] < 150
    assert since.labels[0].startswith("20") and member.labels == ["false", "true"]


def test_a_column_of_mostly_one_value_is_varied_over_its_others(runs):
    seen = encoded(runs["price"].trained, runs["price"].data.test, 500, 0)
    raw = seen.raw.copy()
    raw[:, 0] = 0
    raw[:40, 0] = np.arange(1, 41) * 100.0
    values = values_of(type(seen)(seen.trained, seen.columns, raw, seen.x, seen.places, seen.y), 0)
    assert values[0] == 0 and len(values) > 10 and values[-1] >= 3000


def test_the_largest_residuals_are_shown_as_rows(runs):
    run = runs["price"]
    measured = measured_on(run)
    residual = (measured.predicted - measured.targets.reshape(-1, 1))[:, 0]
    misses = findings(run.trained, run.data.test, measured, 0).misses
    rows = [miss.row for miss in misses]
    assert rows == np.argsort(-np.abs(residual), kind="stable")[: len(rows)].tolist()
    assert misses[0].told["off by"] == pytest.approx(np.abs(residual).max() * np.sign(residual[rows[0]]))
    assert misses[0].told["predicted"] - misses[0].told["true"] == pytest.approx(misses[0].told["off by"])
    page = run.report().read_text()
    for heading in ("Predicted and true", "How much its intervals hold", "Which columns matter"):
        assert heading in page
    assert page == run.report().read_text()  # the same again, from its files and data


def test_columns_too_many_to_shuffle_are_said_to_be(runs):
    run = runs["buys"]
    run.trained.facts["parameters"], was = 10**9, run.trained.facts["parameters"]
    try:
        found = findings(run.trained, run.data.test, measured_on(run), 0)
    finally:
        run.trained.facts["parameters"] = was
    assert found.importance is None and found.notes and not found.effects


def test_a_column_of_sets_and_a_free_text_are_explained_too(tmp_path):
    frame = shop(300)
    frame["tags"] = np.where(frame["member"] == "yes", "red;blue", np.where(frame["visits"] > 20, "red", ""))
    frame["said"] = [f"{town} is a fine place and number {i} says so" for i, town in enumerate(frame["town"])]
    run = gradatim.train(
        frame[["visits", "said", "member", "tags"]], target="tags", task="multilabel", **QUICK,
        out=tmp_path / "run",
    )  # fmt: skip
    found = findings(run.trained, run.data.test, measured_on(run), 0)
    assert {name for miss in found.misses for name in miss.told["true"].split(", ")} <= {
        "blue",
        "red",
        "none",
    }
    assert {rise.column for rise in found.importance.rises} == {"visits", "said", "member"}
    assert all(effect.column != "said" for effect in found.effects)  # it cannot be set to anything

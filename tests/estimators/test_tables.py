"""Estimators with the recipe for tables: the oracle is the run that learns from the same examples."""

import pickle
from datetime import date, timedelta

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import gradatim
from gradatim.checks import Notice, UsageError
from gradatim.estimators import MLPClassifier, MLPRegressor, TableClassifier, TableRegressor

CANCER, DIABETES = load_breast_cancer(return_X_y=True), load_diabetes(return_X_y=True)


def houses(n=240, seed=0):
    """Sizes some of which are missing, towns, descriptions, days; prices, and whether they were sold."""
    rng = np.random.default_rng(seed)
    size, town = rng.uniform(40, 200, n).round(1), rng.choice(["Rome", "Oslo", "Lima"], n)
    words = rng.choice(["a bright house near the sea", "small flat with a garden", "needs some work"], n)
    frame = pd.DataFrame({
        "size": np.where(rng.random(n) < 0.1, np.nan, size), "town": pd.Categorical(town),
        "text": [f"{one}, number {i % 7}" for i, one in enumerate(words)],
        "day": [date(2024, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 300, n)],
    })  # fmt: skip
    price = 3 * size + 50 * (town == "Rome") + rng.normal(0, 5, n)
    return frame, price, np.where(price > np.median(price), "sold", "free")


def as_polars(frame):
    return pl.DataFrame({name: frame[name].tolist() for name in frame.columns})


def run_of(data, test, folder, **options):
    return gradatim.train(
        data, test=test, out=folder / "run", quiet=True, baselines=False, seed=3, epochs=4, **options
    )


# ---- the bits of a run


@pytest.mark.parametrize("members", [None, 1, 2, 5])
def test_classes_are_those_of_the_run_bit_for_bit(tmp_path, members):
    X, y = CANCER
    y = np.array(["ill", "well"])[y]
    train, test = (X[:400], y[:400]), (X[400:], y[400:])
    run = run_of(train, test, tmp_path, members=members)
    model = TableClassifier(members=members, max_iter=4, random_state=3).fit(*train)
    found = run.predict(X[400:])
    np.testing.assert_array_equal(model.predict(X[400:]), found.labels)
    np.testing.assert_array_equal(model.predict_proba(X[400:]), found.probabilities)
    assert model.score(*test) == run.metrics["accuracy"]
    assert model.loss_curve_ == [record["train_loss"] for record in run.records]
    assert (model.n_iter_, model.n_members_) == (4, 15 if members is None else members)
    assert model.choices_ == {**run.config["choices"]}


@pytest.mark.parametrize(
    "options", [{}, {"numbers": "robust", "members": 2}, {"target_transform": "log", "engine": "torch"}]
)
def test_numbers_are_those_of_the_run_bit_for_bit(tmp_path, options):
    X, y = DIABETES
    run = run_of((X[:300], y[:300]), (X[300:], y[300:]), tmp_path, task="regression", **options)
    model = TableRegressor(max_iter=4, random_state=3, **options).fit(X[:300], y[:300])
    np.testing.assert_array_equal(model.predict(X[300:]), run.predict(X[300:]).labels[:, 0])
    assert model.score(X[300:], y[300:]) == pytest.approx(run.metrics["r2"], abs=1e-9)


@pytest.mark.filterwarnings("ignore::gradatim.checks.Notice")
@pytest.mark.parametrize("form", [pd.DataFrame, as_polars])
def test_a_frame_of_mixed_columns_is_learned_as_by_the_run(tmp_path, form):
    frame, price, sold = houses()
    new, _, _ = houses(60, seed=1)
    (tmp_path / "a").mkdir(), (tmp_path / "b").mkdir()
    X, fresh = form(frame), form(new)
    whole, other = form(frame.assign(y=sold)), form(new.assign(y=sold[:60]))
    run = run_of(whole, other, tmp_path / "a", target="y", task="classification")
    model = TableClassifier(max_iter=4, random_state=3).fit(X, sold)
    np.testing.assert_array_equal(model.predict_proba(fresh), run.predict(fresh).probabilities)
    whole, other = form(frame.assign(y=price)), form(new.assign(y=price[:60]))
    run = run_of(whole, other, tmp_path / "b", target="y", task="regression")
    model = TableRegressor(max_iter=4, random_state=3).fit(X, price)
    np.testing.assert_array_equal(model.predict(fresh), run.predict(fresh).labels[:, 0])
    assert model.feature_names_in_.tolist() == ["size", "town", "text", "day"]


def test_weights_of_rows_are_the_runs(tmp_path):
    X, y = CANCER
    w = np.random.default_rng(0).uniform(0.5, 2, 400)
    run = run_of((X[:400], y[:400], w), (X[400:], y[400:]), tmp_path, members=2)
    model = TableClassifier(members=2, max_iter=4, random_state=3).fit(X[:400], y[:400], sample_weight=w)
    np.testing.assert_array_equal(model.predict_proba(X[400:]), run.predict(X[400:]).probabilities)


def test_rows_of_weight_0_are_left_out_and_equal_weights_are_none():
    X, y = CANCER
    w = np.where(np.arange(len(X)) % 3 == 0, 0.0, 2.5)
    quick = TableClassifier(members=1, max_iter=3, random_state=0)
    weighted, fewer = clone(quick).fit(X, y, w), clone(quick).fit(X[w > 0], y[w > 0])
    np.testing.assert_array_equal(weighted.predict_proba(X), fewer.predict_proba(X))
    frame, _, sold = houses()
    few = np.arange(len(frame)) < 150
    with _quiet():
        weighted, fewer = clone(quick).fit(frame, sold, few), clone(quick).fit(frame[few], sold[few])
        np.testing.assert_array_equal(weighted.predict_proba(frame), fewer.predict_proba(frame))


def _quiet():
    import warnings

    return warnings.catch_warnings(action="ignore", category=Notice)


# ---- what it learns


def test_mixed_columns_are_learned():
    frame, price, sold = houses(600)
    new, true, _kept = houses(200, seed=1)
    with _quiet():
        assert TableRegressor(members=1, random_state=0).fit(frame, price).score(new, true) > 0.75
        model = TableClassifier(members=2, random_state=0).fit(frame, sold)
        assert model.score(new, np.where(true > np.median(price), "sold", "free")) > 0.85


def test_classes_of_every_type_keep_it_and_probabilities_their_order():
    X, codes = np.repeat(np.eye(3), 30, axis=0), np.repeat([0, 1, 2], 30)
    quick = TableClassifier(members=1, max_iter=60, random_state=0)
    for names in (["b", "a", "c"], [10, 9, 100], [2.0, 1.0, 7.0], np.array(["x", "z", "y"], object)):
        labels = np.asarray(names)[codes]
        for form in (np.asarray, lambda x: pd.DataFrame(x, columns=["p", "q", "r"])):
            model = clone(quick).fit(form(X), labels)
            assert model.classes_.dtype == labels.dtype and model.classes_.tolist() == sorted(set(names))
            np.testing.assert_array_equal(model.predict(form(X)), labels)
            np.testing.assert_array_equal(model.classes_[model.predict_proba(form(X)).argmax(1)], labels)
            np.testing.assert_array_equal(
                model.predict_log_proba(form(X)), np.log(model.predict_proba(form(X)))
            )
    truth = clone(quick).fit(X, codes == 1)
    assert truth.classes_.dtype == bool and truth.predict(X).tolist() == (codes == 1).tolist()


def test_several_numbers_a_row():
    X, _ = DIABETES
    Y = np.stack([X[:, 0] + X[:, 1], 100 - X[:, 2] * 50], 1)
    model = TableRegressor(members=1, random_state=0).fit(X, Y)
    assert model.predict(X).shape == Y.shape and model.n_outputs_ == 2 and model.score(X, Y) > 0.9
    named = pd.DataFrame(X, columns=[f"y{i}" for i in range(10)])  # which the targets would be called, too
    assert TableRegressor(members=1, random_state=0).fit(named, Y).score(named, Y) > 0.9


# ---- scikit-learn's tools


def test_pipeline_cross_validation_search_clone_and_pickle():
    X, y = CANCER
    model = TableClassifier(members=1, max_iter=5, random_state=0)
    piped = make_pipeline(StandardScaler(), model)
    assert cross_val_score(piped, X, y, cv=3).mean() > 0.9
    grid = {"members": [1, 2], "numbers": ["standard", "piecewise"]}
    search = GridSearchCV(model, grid, cv=2).fit(X, y)
    assert search.best_params_.keys() == grid.keys() and search.score(X, y) > 0.9
    again = clone(search.best_estimator_).fit(X, y)
    np.testing.assert_array_equal(again.predict_proba(X), search.predict_proba(X))
    before = len(pickle.dumps(again.fit(X, y)))
    loaded = pickle.loads(pickle.dumps(again))
    np.testing.assert_array_equal(loaded.predict_proba(X), again.predict_proba(X))
    assert len(pickle.dumps(again)) < before + 1000  # the rows that it was asked about are not in it


def test_a_frame_in_cross_validation_and_in_a_pickle():
    frame, price, _ = houses()
    model = TableRegressor(members=1, max_iter=30, random_state=0)
    with _quiet():
        assert cross_val_score(model, frame, price, cv=3).mean() > 0.4
        loaded = pickle.loads(pickle.dumps(model.fit(frame, price)))
        np.testing.assert_array_equal(loaded.predict(frame), model.predict(frame))


def test_recommended_is_the_estimator_with_the_recipe():
    found = MLPClassifier.recommended(members=3, random_state=1)
    assert type(found) is TableClassifier and found.get_params()["members"] == 3
    found = MLPRegressor.recommended(target_transform="log")
    assert type(found) is TableRegressor and found.target_transform == "log"
    with pytest.raises(TypeError, match="hidden_layer_sizes"):
        MLPClassifier.recommended(hidden_layer_sizes=(3,))


def test_seeds():
    X, y = DIABETES
    quick = TableRegressor(members=1, max_iter=2)
    one, same, other = (clone(quick).set_params(random_state=s).fit(X, y).predict(X) for s in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert abs(one - other).max() > 1e-3
    np.testing.assert_array_equal(
        one, clone(quick).set_params(random_state=1, n_jobs=1, engine="numpy").fit(X, y).predict(X)
    )


def test_it_says_each_epoch(capsys):
    X, y = CANCER
    model = TableClassifier(members=1, max_iter=2, random_state=0, verbose=True).fit(X, y)
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(",")[0] for line in lines] == ["Epoch 1 of 2", "Epoch 2 of 2"]
    assert f"loss = {model.loss_:.6f}, validation loss = " in lines[1]


def test_time_that_is_up_keeps_the_best_so_far():
    X, y = CANCER
    with pytest.warns(Notice, match="max_minutes were up in epoch .* of 100"):
        model = TableClassifier(max_minutes=0.01, random_state=0).fit(X, y)
    assert model.n_iter_ < 100 and model.score(X, y) > 0.5


# ---- few rows


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 9, 12])
@pytest.mark.parametrize("fraction", [0, 0.1, 0.4])
def test_few_rows_are_learned_all_the_same(n, fraction):
    X, y = np.arange(n, dtype=float)[:, None], np.arange(n) % 2
    model = TableClassifier(max_iter=2, validation_fraction=fraction, random_state=0)
    assert model.fit(X, y).predict(X).shape == (n,)
    numbers = TableRegressor(max_iter=2, validation_fraction=fraction, random_state=0).fit(X, X[:, 0] / 2)
    assert np.isfinite(numbers.predict(X)).all()


def test_more_members_than_can_be_weighed():
    X, y = DIABETES
    with pytest.raises(UsageError, match=r"members=5 are weighed .* validation_fraction=0 of n_samples"):
        TableRegressor(members=5, validation_fraction=0).fit(X, y)


# ---- what cannot be


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"members": 0}, "members must be"), ({"members": 2.5}, "members must be"),
        ({"members": "five"}, "members must be"), ({"numbers": "bins"}, "bins"),
        ({"max_iter": 0}, "max_iter must be"), ({"max_iter": 1.5}, "max_iter must be"),
        ({"validation_fraction": 1}, "validation_fraction must be"),
        ({"validation_fraction": "half"}, "validation_fraction must be"),
        ({"max_minutes": 0}, "max_minutes must be"), ({"n_jobs": 0}, "n_jobs must be"),
        ({"n_jobs": -10_000}, "n_jobs must be"), ({"random_state": -1}, "random_state must be"),
        ({"engine": "jax"}, "engine must be"), ({"device": "tpu"}, "device must be"),
        ({"target_transform": "square"}, "target_transform must be"),
    ],
)  # fmt: skip
def test_arguments_that_cannot_be(wrong, sentence):
    with pytest.raises(UsageError, match=sentence):
        TableRegressor(**wrong).fit(*DIABETES)


def test_targets_that_cannot_be():
    X, _y = CANCER
    frame, price, _ = houses()
    holes = np.where(np.arange(len(price)) == 3, np.nan, price)
    for form in (frame, X[: len(price)]):
        with pytest.raises(ValueError, match="y contains NaN"):
            TableRegressor().fit(form, holes)
        with pytest.raises(ValueError, match="only 1 class"):
            TableClassifier().fit(form, ["same"] * len(price))
        with pytest.raises(ValueError, match="Unknown label type: continuous"):
            TableClassifier().fit(form, price)
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            TableRegressor().fit(form, price[1:])
        with pytest.raises(ValueError, match="target y is None"):
            TableRegressor().fit(form, None)
    with pytest.raises(UsageError, match="log"):
        TableRegressor(target_transform="log").fit(frame, price - 1000)
    with pytest.raises(UsageError, match="labels that a table reads as the same"):
        TableClassifier().fit(frame, np.where(np.arange(240) % 3 == 0, "a", np.where(price > 300, " a", "b")))
    with pytest.raises(UsageError, match=r"label.* that a table reads as missing"):
        TableClassifier().fit(frame, np.where(price > 300, "", np.where(price > 200, "a", "b")))


def test_inputs_that_cannot_be():
    X, y = CANCER
    for bad, sentence in (
        (np.where(X[5, 2] == X, np.nan, X), "NaN at row 5, column 2: give a data frame"),
        (np.where(X[5, 2] == X, np.inf, X), "inf at row 5, column 2"),
        (np.array([["red", 1.0]] * len(X), object), "holds texts: give a data frame"),
    ):
        with pytest.raises(UsageError, match=sentence):
            TableClassifier().fit(bad, y)
    frame, price, _ = houses()
    with pytest.raises(UsageError, match="0 row"):
        TableRegressor().fit(frame[:0], price[:0])
    with _quiet():
        model = TableRegressor(members=1, max_iter=1, random_state=0).fit(frame, price)
        with pytest.raises(ValueError, match="Feature names unseen at fit time:\n- area"):
            model.predict(frame.rename(columns={"size": "area"}))
        with pytest.raises(ValueError, match="in the same order"):
            model.predict(frame[["town", "size", "text", "day"]])
    fitted = TableClassifier(members=1, max_iter=1).fit(X, y)
    with pytest.raises(ValueError, match="X has 5 features, but TableClassifier is expecting 30"):
        fitted.predict(X[:, :5])


def test_unknown_values_at_prediction_are_told_and_missing_ones_are_not():
    frame, price, _ = houses()
    with _quiet():
        model = TableRegressor(members=1, max_iter=5, random_state=0).fit(frame, price)
    new = frame[:5].assign(town="Paris", size=np.nan)
    with pytest.warns(Notice, match="unknown categories: 5 in 'town'") as told:
        assert np.isfinite(model.predict(new)).all()
    assert len(told) == 1
    assert np.isfinite(model.predict(frame.assign(size=np.nan))).all()


def test_an_array_in_a_frames_place_and_a_frame_in_an_arrays():
    frame, price, _ = houses()
    with _quiet():
        numbered = frame[["size", "town"]].assign(id=np.arange(240))[["id", "size", "town"]]  # id is left out
        for part in (frame[["size"]], frame[["size", "town"]], numbered):
            model = TableRegressor(members=1, max_iter=3, random_state=0).fit(part, price)
            with pytest.warns(UserWarning, match="X does not have valid feature names"):
                found = model.predict(part.to_numpy())
            np.testing.assert_array_equal(found, model.predict(part))
    X, y = CANCER
    fitted = TableClassifier(members=1, max_iter=3, random_state=0).fit(X, y)
    np.testing.assert_array_equal(fitted.predict_proba(pd.DataFrame(X)), fitted.predict_proba(X))
    np.testing.assert_array_equal(
        clone(fitted).fit(pd.DataFrame(X), y).predict_proba(X), fitted.predict_proba(X)
    )

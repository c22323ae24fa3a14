"""Forecasts as an estimator: arguments, series, intervals."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from gradatim.checks import UsageError
from gradatim.estimators import Forecaster
from gradatim.jobs.train import train

WAVE = 10 + np.sin(np.arange(200) * np.pi / 6) + np.random.default_rng(0).normal(0, 0.05, 200)


@pytest.fixture(scope="module")
def model():
    return Forecaster(horizon=4, max_iter=3, random_state=0).fit(WAVE)


def test_it_continues_a_wave(model):
    ahead = 10 + np.sin((200 + np.arange(4)) * np.pi / 6)
    np.testing.assert_allclose(model.predict(), ahead, atol=0.2)
    assert (model.lags_, model.season_, model.n_iter_) == (13, 12, 3) and len(model.loss_curve_) == 3
    ends = model.predict_interval()
    assert (
        ends.shape == (4, 2) and (ends[:, 0] < model.predict()).all() and (ends[:, 1] > model.predict()).all()
    )
    np.testing.assert_array_equal(model.predict(2), model.predict()[:2])


def test_other_series_and_lists_of_them(model):
    other = model.predict(X=WAVE[:150] + 0.5)
    np.testing.assert_allclose(other, 10.5 + np.sin((150 + np.arange(4)) * np.pi / 6), atol=0.4)
    both = Forecaster(horizon=3, max_iter=2, random_state=0).fit([WAVE, WAVE[:120]])
    assert both.predict().shape == (2, 3) and both.predict_interval(2).shape == (2, 2, 2)


def test_it_has_scikit_learns_habits(model):
    assert clone(model).get_params() == model.get_params()
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(), model.predict())
    same = Forecaster(horizon=4, max_iter=3, random_state=0).fit(WAVE)
    np.testing.assert_array_equal(same.predict(), model.predict())
    with pytest.raises(NotFittedError):
        Forecaster().predict()


def test_a_frame_is_learned_as_a_run_learns_it(tmp_path):
    """The same forecasts as those of a run on the same rows with the same parts."""
    from polars import DataFrame

    days = [str(np.datetime64("2020-01-01") + t) for t in range(200)]
    frame = DataFrame({"day": days, "sales": WAVE})
    model = Forecaster(horizon=4, target="sales", time="day", max_iter=2, random_state=3).fit(frame)
    late = frame[:-20]  # what a run that tests on nothing would see
    assert model.predict(X=late).shape == (4,)
    run = train(
        frame, target="sales", time="day", horizon=4, epochs=2, seed=3, out=tmp_path / "r", quiet=True
    )
    assert run.predict(frame).labels[0] == pytest.approx(model.predict(), abs=0.3)


def test_missing_values_are_filled_from_the_past_and_said():
    series = WAVE.copy()
    series[50:53] = np.nan
    with pytest.warns(UserWarning, match="3 steps of 'y' have no value"):
        Forecaster(horizon=2, max_iter=1).fit(series)


@pytest.mark.parametrize(
    ("arguments", "X", "said"),
    [
        ({"horizon": 0}, WAVE, "horizon must be"),
        ({"horizon": 170}, WAVE, "--horizon 170 is too long"),
        ({"horizon": 150}, WAVE, "X is too short for --horizon 150"),
        ({}, WAVE[:1], "is too long"),
        ({}, np.zeros((20, 2)), "a series is numbers"),
        ({}, np.array([1.0, np.inf] * 20), "a series holds inf at step 1"),
        ({"loss": "huber"}, WAVE, "the loss huber is of regression"),
    ],
)
def test_what_cannot_be_is_refused(arguments, X, said):
    with pytest.raises(UsageError, match=said):
        Forecaster(**{"max_iter": 1, **arguments}).fit(X)


def test_a_horizon_beyond_the_learned_one_is_refused(model):
    with pytest.raises(UsageError, match="horizon must be"):
        model.predict(5)

"""What is asked of a network of forecasts: measures by how far ahead, intervals set on validation."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, mean_pinball_loss, root_mean_squared_error

from gradatim.checks import GradatimError, UsageError
from gradatim.data.question import Question
from gradatim.problems.choose import pose, problem_from

RNG = np.random.default_rng(0)
H = 4
NAMES = tuple(f"y +{h}" for h in range(1, H + 1))
Y = 50 + 5 * np.cumsum(RNG.normal(size=(300, H)), 1)
POSED = pose(Question("forecasting", NAMES), Y)
A = np.concatenate([POSED.targets(Y) + RNG.normal(0, 0.3, Y.shape), np.full(Y.shape, np.log(0.2))], 1)


def test_all_steps_have_one_scale_and_mase_the_mean_step():
    assert len(set(POSED.shift)) == len(set(POSED.scale)) == 1
    assert POSED.shift[0] == pytest.approx(Y.mean()) and POSED.scale[0] == pytest.approx(Y.std())
    assert POSED.step == pytest.approx(np.abs(np.diff(Y, axis=1)).mean())
    assert POSED.loss == "laplace_nll" and problem_from(POSED.as_dict()) == POSED


def test_measures_are_scikit_learns():
    """To 1e-9, over all steps, at the first and at the last."""
    settled = POSED.settle(A[:150], Y[:150], None)
    a, y = A[150:], Y[150:]
    found, middle = settled.measures(a, y), settled.predictions(a)
    low, high = settled.ends(a)
    for end, h in (("", slice(None)), ("_h1", slice(0, 1)), (f"_h{H}", slice(H - 1, H))):
        true, told = y[:, h].ravel(), middle[:, h].ravel()
        assert found[f"mae{end}"] == pytest.approx(mean_absolute_error(true, told))
        assert found[f"rmse{end}"] == pytest.approx(root_mean_squared_error(true, told))
        assert found[f"mase{end}"] == pytest.approx(mean_absolute_error(true, told) / POSED.step)
        quantiles = ((0.05, low), (0.5, middle), (0.95, high))
        pinball = np.mean([mean_pinball_loss(true, at[:, h].ravel(), alpha=q) for q, at in quantiles])
        assert found[f"pinball{end}"] == pytest.approx(pinball)
        held = ((low <= y) & (y <= high))[:, h].mean()
        assert found[f"interval_coverage{end}"] == pytest.approx(held)
    shared = settled.measures_of(middle, y)
    assert {name: found[name] for name in shared} == pytest.approx(shared)


@pytest.mark.parametrize(("validation", "used"), [(200, 200), (40, 40), (10, 0)])
def test_intervals_are_set_on_validation_and_hold_what_they_promise(validation, used):
    """Each step by itself from 100 forecasts on, together below; too few leave it to the distribution."""
    settled = POSED.settle(A[:validation], Y[:validation], None)
    assert settled.interval["examples"] == used
    alike = len(set(settled.interval["low"])) == 1
    assert alike == (validation < 100)
    if used:
        assert 0.84 < settled.coverage(A[200:], Y[200:]) < 0.96


def test_predictions_are_rows_behind_each_other():
    columns = POSED.columns(A[:2])
    assert list(columns) == ["prediction", "low", "high"] and len(columns["low"]) == 2 * H
    assert columns["prediction"] == POSED.predictions(A[:2]).ravel().tolist()


def test_what_cannot_be_is_refused():
    with pytest.raises(UsageError, match="--target-transform is not for forecasting"):
        POSED.with_transform("log", Y)
    with pytest.raises(GradatimError, match="step of forecasts must be a number above 0"):
        problem_from({**POSED.as_dict(), "step": 0.0})
    with pytest.raises(UsageError, match="the loss huber is of regression; forecasting takes"):
        pose(Question("forecasting", NAMES), Y, "huber")


def test_a_constant_series_has_a_scale():
    posed = pose(Question("forecasting", NAMES), np.full((9, H), 3.0))
    assert posed.scale == (1.0,) * H and posed.step == 1.0
    assert posed.measures(np.zeros((9, 2 * H)), np.full((9, H), 3.0))["mae"] == 0.0

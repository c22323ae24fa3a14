"""B11, B20: numbers around 0 and back in their own units, measured as scikit-learn does."""

import numpy as np
import pytest
import sklearn.metrics as theirs
from sklearn.preprocessing import StandardScaler

from gradatim.data.question import Question
from gradatim.problems.evidence import Misses, Residuals
from gradatim.problems.numbers import MOST_MISSES, Numbers

RNG = np.random.default_rng(0)
Y = RNG.normal(0, 1, (120, 2)) * [3.0, 1e4] + [7.0, -5e5]
ONE, TWO = (
    Numbers.pose(Question("regression", names), y, None)
    for names, y in ((("price",), Y[:, 0]), (("a", "b"), Y))
)
A = RNG.normal(0, 1, (120, 2))


def test_the_head_has_an_output_for_each():
    assert ONE.head() == (1, "one number: one linear output, squared error")
    assert TWO.head() == (2, "2 numbers: one linear output each, squared error")


def test_targets_are_scikit_learn_s_standard_scaler_and_outputs_go_the_way_back():
    """To 1e-12; in the shape of the targets."""
    scaler = StandardScaler().fit(Y)
    np.testing.assert_allclose(TWO.targets(Y), scaler.transform(Y), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(TWO.predictions(A), scaler.inverse_transform(A), rtol=1e-12)
    np.testing.assert_allclose(TWO.answer(TWO.targets(Y)), Y, rtol=1e-12)
    assert ONE.targets(Y[:, 0]).shape == (120,)
    assert ONE.predictions(A[:, :1]).shape == ONE.predictions(A[:, 0]).shape == (120, 1)
    assert ONE.predictions(A[:, :1].astype(np.float32)).dtype == np.float64


def test_a_constant_target_is_only_shifted():
    constant = Numbers.pose(Question("regression", ("c",)), np.full(9, 4.0), None)
    assert (constant.shift, constant.scale) == ((4.0,), (1.0,))


def test_columns_are_called_by_their_names_where_they_are_several():
    assert ONE.columns(A[:, :1]) == {"prediction": ONE.predictions(A[:, :1])[:, 0].tolist()}
    found = TWO.columns(A)
    assert list(found) == ["prediction a", "prediction b"]
    assert found["prediction b"] == TWO.predictions(A)[:, 1].tolist()
    assert list(Numbers((), "huber").columns(A)) == ["prediction y1", "prediction y2"]


@pytest.mark.parametrize("loss", Numbers.losses)
def test_measures_are_scikit_learn_s_in_the_targets_own_units(loss):
    problem = Numbers(TWO.names, loss, TWO.shift, TWO.scale)
    p = problem.predictions(A)
    found = problem.measures(A, Y)
    assert found["rmse"] == pytest.approx(theirs.root_mean_squared_error(Y, p), rel=1e-12)
    assert found["mae"] == pytest.approx(theirs.mean_absolute_error(Y, p), rel=1e-12)
    assert found["r2"] == pytest.approx(theirs.r2_score(Y, p), rel=1e-12)
    assert list(found)[-1] == "loss"
    z = TWO.targets(Y)
    expected = {  # a sum over the targets
        "squared_error": 2 * theirs.mean_squared_error(z, A),
        "half_squared_error": theirs.mean_squared_error(z, A),
        "absolute_error": 2 * theirs.mean_absolute_error(z, A),
    }
    assert found["loss"] == pytest.approx(expected.get(loss, found["loss"]), rel=1e-12)
    assert problem.measures_of(p, Y) == pytest.approx({k: found[k] for k in ("rmse", "mae", "r2")}, rel=1e-12)


def test_the_constant_is_the_mean():
    name, what, mean = TWO.constant(Y)
    assert (name, what) == ("mean", "the mean of the target")
    np.testing.assert_allclose(mean, Y.mean(0), rtol=1e-12)
    assert TWO.measures_of(np.broadcast_to(mean, Y.shape), Y)["r2"] == pytest.approx(0, abs=1e-12)


def test_evidence_is_the_residuals_and_the_largest_of_them():
    residuals, misses = TWO.evidence(A, Y)
    assert (type(residuals), type(misses)) == (Residuals, Misses)
    p = TWO.predictions(A)
    np.testing.assert_array_equal(residuals.true, Y)
    np.testing.assert_array_equal(residuals.predicted, p)
    assert residuals.names == ("a", "b")
    size = np.abs(p - Y) / Y.std(0)
    worst = np.argsort(-size.max(1))[:MOST_MISSES]
    assert list(misses.rows) == worst.tolist()
    row, t = worst[0], int(size[worst[0]].argmax())
    assert misses.told[0] == {
        "target": "ab"[t], "true": Y[row, t], "predicted": p[row, t], "off by": p[row, t] - Y[row, t]
    }  # fmt: skip
    (residuals, misses) = ONE.evidence(A[:, :1], Y[:, 0])
    assert residuals.true.shape == residuals.predicted.shape == (120, 1)
    assert list(misses.told[0]) == ["true", "predicted", "off by"]
    assert Numbers((), "huber").evidence(A, Y)[0].names == ("y1", "y2")


def test_of_several_numbers_each_column_shows_the_one_that_it_moves_most():
    """In the deviations of each: the second's are thousands of times as large."""
    moved = np.array([[3.0, 100.0], [0.3, 2e4]])
    assert TWO.moving(moved, 4) == [("mean predicted a", [0]), ("mean predicted b", [1])]
    assert ONE.moving(moved[:, :1], 4) == [("mean predicted price", [0])] * 2
    assert Numbers((), "huber").moving(moved, 4) == [("mean predicted y2", [1])] * 2

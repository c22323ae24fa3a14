"""Charts as records: their numbers are those of the run."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradatim.explain.calibration import reliability
from gradatim.explain.charts.chart import Bars, Best, Caption, Curve, Dots, Reference
from gradatim.explain.charts.crowding import spread_apart
from gradatim.explain.charts.learning_curves import Course, learning_curves, other_measures, points
from gradatim.explain.charts.reliability_diagram import reliability_diagram
from gradatim.explain.charts.residuals import residual_charts
from gradatim.explain.number_format import measure
from gradatim.problems.evidence import Residuals

RECORDS = [
    {"epoch": n, "train_loss": 1 / n, "valid_loss": 1.1 / n, "valid_accuracy": 1 - 0.5 / n}
    for n in range(1, 6)
]


def marks(panel, kind):
    return [mark for mark in panel.marks if isinstance(mark, kind)]


def test_curves_are_the_records():
    loss, accuracy = learning_curves([Course("one", RECORDS, 4)]).panels
    train, valid = marks(loss, Curve)
    assert (train.role, valid.role, train.name, valid.name) == ("training", "validation") * 2
    n = np.arange(1, 6)
    for curve, expected in ((train, 1 / n), (valid, 1.1 / n), (marks(accuracy, Curve)[0], 100 - 50 / n)):
        np.testing.assert_array_equal(curve.x, n)
        np.testing.assert_allclose(curve.y, expected, rtol=1e-15)
    (best,) = marks(loss, Best)
    assert best.epoch == 4 and best.name == "best: epoch 4"
    np.testing.assert_allclose(best.y, [1 / 4, 1.1 / 4])
    assert accuracy.y_axis.name == "accuracy (%)" and accuracy.y_axis.high <= 100
    assert loss.words == (
        "loss by epoch; training: 1 in epoch 1, 0.2 in epoch 5; validation: 1.1 in epoch 1, 0.22 in epoch 5"
    )


def test_a_measure_that_is_no_share_keeps_its_unit():
    found = [{"epoch": n, "train_loss": 1.0, "valid_loss": 1.0, "valid_rmse": 7.0 / n} for n in (1, 2)]
    rmse = learning_curves([Course("one", found, None)]).panels[1]
    np.testing.assert_allclose(marks(rmse, Curve)[0].y, [7.0, 3.5])
    assert rmse.y_axis.name == "RMSE"


def test_of_runs_compared_one_line_bears_the_name_and_the_ring():
    bare = [{"epoch": n, "train_loss": 2 / n} for n in (1, 2, 3)]
    chart = learning_curves([Course("one", RECORDS, 5), Course("bare", bare, 3)])
    assert chart.compares and len(chart.panels) == 2
    drawn = [(curve.role, curve.series, curve.name) for curve in chart.panels[0].curves()]
    assert drawn == [("training", 0, ""), ("validation", 0, "one"), ("training", 1, "bare")]
    best = [(mark.epoch, mark.y.tolist()) for mark in marks(chart.panels[0], Best)]
    assert best == [(5, pytest.approx([1.1 / 5])), (3, pytest.approx([2 / 3]))]
    assert "bare, training: 2 in epoch 1, 0.6667 in epoch 3" in chart.words


def test_what_is_no_number_has_no_point():
    found = [*RECORDS, {"epoch": 6, "train_loss": 0.1, "valid_loss": float("inf")}]
    assert points(found, "train_loss")[0].tolist() == [1, 2, 3, 4, 5, 6]
    assert points(found, "valid_loss")[0].tolist() == [1, 2, 3, 4, 5]
    assert other_measures([Course("one", found, 5)]) == ["accuracy"]


def test_the_diagram_is_the_shares_of_the_bins():
    p = np.repeat([0.05, 0.35, 0.95], [40, 20, 4])
    came_true = np.concatenate([np.arange(40) < 4, np.arange(20) < 10, np.arange(4) < 3])
    chart = reliability_diagram(reliability(p, came_true), "probability of rain", "Rain")
    shares, counts = chart.panels
    (curve,), (dots,), (diagonal,), (bars,) = (
        marks(shares, Curve), marks(shares, Dots), marks(shares, Reference), marks(counts, Bars)
    )  # fmt: skip
    for mark in (curve, dots):
        np.testing.assert_allclose(mark.x, [100 * p[p == q].mean() for q in (0.05, 0.35, 0.95)])
        np.testing.assert_allclose(mark.y, [100 * came_true[p == q].mean() for q in (0.05, 0.35, 0.95)])
    assert dots.hollow.tolist() == [False, False, True]
    assert (diagonal.start, diagonal.end) == ((0, 0), (100, 100))
    assert bars.counts.tolist() == [40, 20, 4] and bars.labels == ("40", "20", "4")
    np.testing.assert_allclose([bars.low, bars.high], [[0, 30, 90], [10, 40, 100]], rtol=1e-12)
    assert bars.words[1] == "30–40 %: 20 examples, 50.0\u202f% came true"
    assert chart.words.startswith(
        "probability of rain: 5.0\u202f% said, 10.0\u202f% came true (40 examples); "
    )
    assert shares.captions() == ["dashed: perfectly calibrated", "hollow: fewer than 10 examples"]
    many = reliability_diagram(reliability(np.tile(p, 3), np.tile(came_true, 3)), "", "")
    assert many.panels[0].captions() == ["dashed: perfectly calibrated"]


def test_residuals_are_predicted_minus_true():
    draws = np.random.default_rng(0)
    true = draws.normal(size=(300, 5))
    predicted = true + draws.normal(0.3, [0.1, 1, 10, 1, 1], size=true.shape)
    chart = residual_charts(Residuals(true, predicted, tuple("abcde")), "Five")
    assert chart.title == "Five (the first 3 of 5 targets)" and len(chart.panels) == 9 and chart.columns == 3
    for t in range(3):
        left, middle, right = chart.panels[3 * t : 3 * t + 3]
        r = predicted[:, t] - true[:, t]
        np.testing.assert_array_equal([marks(left, Dots)[0].x, marks(left, Dots)[0].y],
                                      [true[:, t], predicted[:, t]])  # fmt: skip
        np.testing.assert_allclose([marks(middle, Dots)[0].x, marks(middle, Dots)[0].y],
                                   [predicted[:, t], r])  # fmt: skip
        bars = marks(right, Bars)[0]
        expected = [np.sum((low <= r) & (r < high)) for low, high in zip(bars.low, bars.high, strict=True)]
        assert bars.counts.tolist() == expected and sum(expected) == 300
        assert [mark.words for mark in marks(right, Caption)] == [
            f"mean {measure(r.mean())}", f"standard deviation {measure(r.std())}"
        ]  # fmt: skip
        diagonal, zero = marks(left, Reference)[0], marks(middle, Reference)[0]
        assert diagonal.start[0] == diagonal.start[1] and diagonal.end[0] == diagonal.end[1]
        assert zero.start[1] == zero.end[1] == 0
        assert left.words == (
            f"predicted by true {'abc'[t]} of 300 examples, from {measure(left.x_axis.low)} to "
            f"{measure(left.x_axis.high)}"
        )


@given(st.lists(st.floats(-100, 300), min_size=1, max_size=8))
def test_names_are_moved_apart_in_their_order(places):
    moved = spread_apart(places, 14)
    order = sorted(range(len(places)), key=lambda i: places[i])
    heights = [moved[i] for i in order]
    assert all(b - a >= 14 - 1e-6 for a, b in pairwise(heights))
    assert sum(moved) == pytest.approx(sum(places), abs=1e-6)
    far = all(abs(a - b) >= 14 for i, a in enumerate(places) for b in places[:i])
    assert not far or moved == pytest.approx(places)

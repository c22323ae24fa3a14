"""Learning curves as a report draws them."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from gradatim.explain.charts.as_svg import MOST_POINTS, as_svg
from gradatim.explain.charts.crowding import thin
from gradatim.explain.charts.learning_curves import Course, learning_curves
from gradatim.explain.svg import HEIGHT, WIDTH


def loss_curves(found, best_epoch):
    return as_svg(learning_curves([Course("run", found, best_epoch)]))[0]


def accuracy_curve(found, best_epoch):
    return as_svg(learning_curves([Course("run", found, best_epoch)]))[1]


def records(train, valid=None, accuracy=None):
    made = [{"epoch": k, "train_loss": loss} for k, loss in enumerate(train, start=1)]
    for name, values in (("valid_loss", valid), ("valid_accuracy", accuracy)):
        for record, value in zip(made, values or [], strict=False):
            record[name] = value
    return made


def points(svg, kind="train"):
    line = ElementTree.fromstring(svg).find(f"polyline[@class='line {kind}']")
    return np.array([[float(number) for number in point.split(",")] for point in line.get("points").split()])


def words(svg, kind=None):
    texts = ElementTree.fromstring(svg).findall("text")
    return [text.text for text in texts if kind is None or kind in text.get("class").split()]


def test_epochs_go_right_and_a_lower_loss_is_lower():
    losses = [2.0, 1.5, 1.75, 0.5, 0.25]
    drawn = points(loss_curves(records(losses), None))
    assert (np.diff(drawn[:, 0]) > 0).all()
    np.testing.assert_allclose(np.corrcoef(losses, drawn[:, 1])[0, 1], -1, atol=1e-6)


def test_a_wide_range_is_drawn_on_a_logarithmic_axis_that_says_so():
    losses = [10.0**-k for k in range(6)]
    svg = loss_curves(records(losses), None)
    assert "loss (logarithmic scale)" in words(svg, "name")
    np.testing.assert_allclose(np.diff(points(svg)[:, 1], 2), 0, atol=0.02)  # equal factors, equal distances


def test_a_narrow_range_or_a_zero_keeps_the_linear_axis():
    assert words(loss_curves(records([1.0, 0.011]), None), "name") == ["loss", "epoch"]
    assert words(loss_curves(records([1.0, 0.0]), None), "name") == ["loss", "epoch"]
    assert words(loss_curves(records([1.0, -5.0, 800.0]), None), "name") == ["loss", "epoch"]


@pytest.mark.parametrize("losses", [
    [0.7], [0.0], [0.6931] * 8, [0.0, 0.0], [1e-9, 3e-9], [1e12, 7e11], [1e-12, 1e12], [1e6, 1e6 + 2],
    [-3.0, 4.0], list(np.linspace(3, 1, 2000)),
])  # fmt: skip
def test_any_losses_stay_inside_the_picture(losses):
    svg = loss_curves(records(losses, valid=[loss + abs(loss) / 9 for loss in losses]), len(losses))
    for kind in ("train", "valid"):
        drawn = points(svg, kind)
        assert np.isfinite(drawn).all()
        assert (drawn >= 0).all()
        assert (drawn[:, 0] <= WIDTH).all()
        assert (drawn[:, 1] <= HEIGHT).all()
        assert (np.diff(drawn[:, 0]) > 0).all()
    assert {"training", "validation"} <= set(words(svg))


def test_each_curve_is_named_beside_it_and_the_names_do_not_touch():
    texts = ElementTree.fromstring(loss_curves(records([1.0, 0.5], valid=[1.0, 0.5]), None)).findall("text")
    heights = [float(text.get("y")) for text in texts if text.get("class") in {"train", "valid"}]
    assert len(heights) == 2
    assert abs(heights[0] - heights[1]) >= 12


def test_the_best_epoch_is_marked_on_every_curve():
    svg = loss_curves(records([3.0, 2.0, 1.0], valid=[3.0, 1.0, 2.0]), 2)
    tree = ElementTree.fromstring(svg)
    rings = {(ring.get("cx"), ring.get("cy")) for ring in tree.findall("circle[@class='ring']")}
    assert rings == {tuple(f"{n:.1f}" for n in points(svg, kind)[1]) for kind in ("train", "valid")}
    assert "best: epoch 2" in words(svg)
    assert "best" not in loss_curves(records([3.0, 2.0]), None)


def test_every_axis_has_a_name():
    assert words(accuracy_curve(records([1, 1], accuracy=[0.5, 0.9]), None), "name") == [
        "accuracy (%)",
        "epoch",
    ]


def test_accuracy_is_in_per_cent_and_ends_at_a_hundred():
    labels = words(accuracy_curve(records([1, 1, 1], accuracy=[0.1, 0.9, 0.993]), None), "end")
    assert labels == ["0", "20", "40", "60", "80", "100"]


def test_nothing_is_drawn_of_what_was_not_measured():
    assert len(as_svg(learning_curves([Course("run", records([1.0, 0.5]), None)]))) == 1
    for nothing in ([], [{"epoch": 1, "train_loss": None}], [{"epoch": 1, "train_loss": float("nan")}]):
        assert as_svg(learning_curves([Course("run", nothing, None)])) == []
    assert "validation" not in loss_curves(records([1.0, 0.5]), None)


def test_many_epochs_are_thinned_and_no_peak_is_lost():
    losses = list(np.random.default_rng(0).random(5000))
    losses[3210], losses[4321] = 9.0, -9.0
    every = list(enumerate(losses, start=1))
    kept = list(zip(*thin(np.arange(1, 5001), np.array(losses), MOST_POINTS), strict=True))
    assert len(kept) <= MOST_POINTS
    assert {(3211, 9.0), (4322, -9.0), every[0], every[-1]} <= set(kept)
    assert set(kept) <= set(every)
    assert len(loss_curves(records(losses), 17)) < 12_000


def test_the_curves_are_told_in_words():
    label = re.search('aria-label="([^"]*)"', loss_curves(records([2.5, 0.125]), None))[1]
    assert label == "loss by epoch; training: 2.5 in epoch 1, 0.125 in epoch 2"

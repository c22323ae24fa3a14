"""D33: masks of thin borders are found, and judged by V_rand."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from gradatim.checks import GradatimError
from gradatim.data.question import Question
from gradatim.problems.choose import pose, problem_from
from gradatim.problems.masks import Masks
from gradatim.problems.membranes import Membranes, border_class
from gradatim.problems.segment_measures import THRESHOLDS, rand_by_threshold

RNG = np.random.default_rng(0)


def cells(n=3, size=30):
    """Masks (N, H, W): walls 0 that run through a picture at random places, cells 1 between them."""
    y = np.ones((n, size, size), np.uint8)
    for one in y:
        for start in (0, 10, 20):
            one[int(RNG.integers(start, start + 6))] = 0
            one[:, int(RNG.integers(start, start + 6))] = 0
    return y


@pytest.fixture(scope="module")
def answers():
    """Masks, and scores (N, 2, H, W) that are mostly right."""
    y = cells()
    right = np.where(np.arange(2)[:, None, None, None] == y, 1.0, -1.0)
    return np.moveaxis(right, 0, 1) + RNG.normal(0, 0.9, (len(y), 2, *y.shape[1:])), y


def test_which_class_is_borders():
    assert border_class(cells()) == 0
    assert border_class(1 - cells()) == 1
    middle = np.hypot(*(np.mgrid[:30, :30] - 15)) < 8
    assert border_class(np.stack([middle, ~middle]).astype(int)) is None  # a disc
    assert border_class(RNG.integers(0, 2, (2, 30, 30))) is None  # noise
    assert border_class(np.zeros((2, 30, 30), int)) is None


def test_it_is_posed_by_masks_that_have_borders_and_comes_back_from_its_record():
    problem = pose(Question("segmentation", (0, 255)), cells())
    assert problem == Membranes((0, 255), "cross_entropy", border=0) == problem_from(problem.as_dict())
    assert problem.head().sentence.endswith("0 is thin borders between segments, which V_rand judges")
    other = pose(Question("segmentation", (0, 255)), 1 - cells(), "focal")
    assert other == Membranes((0, 255), "focal", border=1) and other.deciding == ("v_rand", 1)
    assert type(pose(Question("segmentation", (0, 1, 2)), cells())) is Masks
    with pytest.raises(GradatimError, match="border of membranes must be 0 or 1; it is 2"):
        problem_from({**problem.as_dict(), "border": 2})


def test_measures_are_the_best_mean_over_pictures_beside_those_of_masks(answers):
    a, y = answers
    problem = Membranes((0, 255), "cross_entropy", border=0)
    found = problem.measures(a, y)
    p = 1 / (1 + np.exp(a[:, 0] - a[:, 1]))
    mean = np.mean([rand_by_threshold(*pair) for pair in zip(p, y == 1, strict=True)], 0)
    best = mean[:, 2].argmax()
    assert found["v_rand"] == pytest.approx(mean[best, 2], abs=1e-15) and found["v_rand"] < 1
    assert found["v_rand_split"] == pytest.approx(mean[best, 0], abs=1e-15)
    assert found["v_rand_merge"] == pytest.approx(mean[best, 1], abs=1e-15)
    of_pixels = [f1_score(y.ravel() == 1, p.ravel() > theta) for theta in THRESHOLDS]  # the cells are 1
    assert found["pixel_error"] == pytest.approx(1 - max(of_pixels), abs=1e-12)
    masks = Masks((0, 255), "cross_entropy").measures(a, y)
    assert {name: found[name] for name in masks} == masks
    assert next(iter(found)) == "v_rand" and list(found)[-1] == "loss"
    assert problem.measures_of(problem.predictions(a), y)["v_rand"] == found["v_rand"]
    summed = problem.summed(a, y)
    assert summed.measure == pytest.approx(found["v_rand"], abs=1e-15)
    drawn = summed.parts[[0, 0, 2]].sum(0)
    rows = [0, 0, 2]
    assert summed.value(drawn) == pytest.approx(problem.measures(a[rows], y[rows])["v_rand"], abs=1e-15)


def test_the_class_of_the_borders_may_be_either(answers):
    a, y = answers
    one = Membranes((0, 255), "cross_entropy", border=0).measures(a, y)
    other = Membranes((0, 255), "cross_entropy", border=1).measures(a[:, ::-1], 1 - y)
    for name in ("v_rand", "v_rand_split", "v_rand_merge", "pixel_error", "mean_iou", "boundary_f"):
        assert other[name] == pytest.approx(one[name], abs=1e-15)

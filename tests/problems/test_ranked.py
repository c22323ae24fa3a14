"""Points and areas of ROC and precision–recall curves are scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

from gradatim.problems.classes import Classes
from gradatim.problems.evidence import Ranking
from gradatim.problems.labels import Labels
from gradatim.problems.ranked import FEWEST, ranked, rankings

RNG = np.random.default_rng(0)
PAIRS = st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=2).filter(
    lambda pairs: len({a for a, _ in pairs}) == 2
)


@given(PAIRS)
def test_every_point_is_scikit_learn_s(pairs):
    y, score = np.array([a for a, _ in pairs], int), np.array([b for _, b in pairs]) / 8
    found = ranked(score, y, "yes")
    fpr, tpr, thresholds = roc_curve(y, score, drop_intermediate=False)
    np.testing.assert_allclose(found.roc, (fpr, tpr), atol=1e-12)
    np.testing.assert_array_equal(found.thresholds, thresholds[1:])
    precision, recall, _ = precision_recall_curve(y, score)
    np.testing.assert_allclose(found.precision_recall, (recall[::-1], precision[::-1]), atol=1e-12)
    assert found.roc_auc == pytest.approx(roc_auc_score(y, score), abs=1e-12)
    assert found.average_precision == pytest.approx(average_precision_score(y, score), abs=1e-12)


def test_of_very_many_points_some_are_kept_and_the_areas_are_of_all():
    score = RNG.random(20_000)
    y = (RNG.random(20_000) < score).astype(int)
    found = ranked(score, y, "yes", most=200)
    assert len(found.tp) == 200
    assert found.roc_auc == pytest.approx(roc_auc_score(y, score), abs=1e-12)
    assert found.average_precision == pytest.approx(average_precision_score(y, score), abs=1e-12)
    fpr, tpr, _ = roc_curve(y, score)
    grid = np.linspace(0, 1, 50)
    np.testing.assert_allclose(np.interp(grid, *found.roc), np.interp(grid, fpr, tpr), atol=0.01)
    assert (found.tp[-1], found.fp[-1]) == (y.sum(), len(y) - y.sum())


def test_gains_and_lift_by_counting():
    score, y = (
        np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.0]),
        np.array([1, 1, 0, 1, 0, 0, 0, 0, 0, 1]),
    )
    found = ranked(score, y, "yes")
    np.testing.assert_allclose(found.gains[0], np.arange(11) / 10)
    np.testing.assert_allclose(found.gains[1], [0, 0.25, 0.5, 0.5, 0.75, 0.75, 0.75, 0.75, 0.75, 0.75, 1])
    assert found.lift(0.1) == pytest.approx(1 / 0.4)  # the first of ten is right, of all it is 4 of 10
    assert found.lift(1.0) == pytest.approx(1.0)


def test_two_classes_have_one_ranking_more_have_one_each_and_none_without_examples():
    def ranking(problem, a, y):
        return next((one for one in problem.evidence(a, y) if isinstance(one, Ranking)), None)

    two = Classes(("no", "yes"), "binary_cross_entropy")
    a, y = RNG.normal(size=(50, 1)), RNG.integers(0, 2, 50)
    found = ranking(two, a, y)
    assert [one.name for one in found.classes] == ["yes"] and found.threshold == 0.5
    assert found.classes[0].roc_auc == pytest.approx(roc_auc_score(y, a[:, 0]))
    assert ranking(two, a, np.ones(50, int)) is None
    a, y = RNG.normal(size=(60, 4)), RNG.integers(0, 3, 60)
    four = Classes(("a", "b", "c", "d"), "cross_entropy")
    found = ranking(four, a, y)
    assert [one.name for one in found.classes] == ["a", "b", "c"] and found.threshold is None
    p = four.predictions(a)
    for k, one in enumerate(found.classes):
        assert one.average_precision == pytest.approx(average_precision_score(y == k, p[:, k]))
    labels = Labels(("red", "blue"), "multilabel")
    a, y = RNG.normal(size=(60, 2)), RNG.integers(0, 2, (60, 2))
    areas = [one.roc_auc for one in ranking(labels, a, y).classes]
    assert areas == pytest.approx(roc_auc_score(y, a, average=None))


def test_many_classes_keep_few_points_each():
    found = rankings(RNG.random((3000, 100)), RNG.random((3000, 100)) < 0.5, range(100))
    assert {len(one.tp) for one in found} == {FEWEST}

"""Precision, recall and F1 by class, and top-k accuracy, are scikit-learn's."""

import numpy as np
import pytest
from sklearn.metrics import classification_report, top_k_accuracy_score

from gradatim.problems.class_report import average_rates, class_rates, class_report, top_k_accuracy
from gradatim.problems.classes import Classes
from gradatim.problems.labels import Labels
from gradatim.problems.measures import intersection_over_union

RNG = np.random.default_rng(0)


def as_scikit_learn(rates):
    return {
        "precision": rates.precision,
        "recall": rates.recall,
        "f1-score": rates.f1,
        "support": rates.support,
    }


@pytest.mark.parametrize("k", [2, 3, 12])
def test_the_report_by_class_is_scikit_learn_s(k):
    names = tuple(f"class {i:02}" for i in range(k))
    a, y = (
        RNG.normal(size=(200, k)),
        RNG.integers(0, k - (k > 3), 200),
    )  # of twelve classes one has no example
    a[:, 1] -= 5 * (k > 3)  # and one is never answered
    problem = Classes(names, "cross_entropy")
    found, named = problem.by_class(a, y), np.array(names)
    expected = classification_report(named[y], named[problem.answer(a)], output_dict=True, zero_division=0)
    for rates in class_rates(found):
        assert as_scikit_learn(rates) == pytest.approx(expected[rates.name], rel=1e-12)
    for rates in average_rates(found):
        assert as_scikit_learn(rates) == pytest.approx(expected[f"{rates.name} avg"], rel=1e-12)
    assert {rates.name for rates in class_rates(found)} == set(expected) - {
        "accuracy", "macro avg", "weighted avg"
    }  # fmt: skip


def test_a_class_that_is_neither_there_nor_answered_is_left_out():
    problem = Classes(("a", "b", "c"), "cross_entropy")
    found = problem.by_class(np.array([[2.0, 1, 0], [0, 1, 0]]), np.array([0, 0]))
    rows = class_rates(found)
    assert [(row.name, row.precision, row.recall, row.support) for row in rows] == [
        ("a", 1.0, 0.5, 2), ("b", 0.0, 0.0, 0),
    ]  # fmt: skip


def test_the_report_by_label_is_scikit_learn_s():
    problem = Labels(("red", "green", "blue"), "multilabel")
    a, y = RNG.normal(size=(100, 3)), RNG.integers(0, 2, (100, 3))
    a[:, 2] = -1  # a label that is never answered
    expected = classification_report(
        y, problem.answer(a), target_names=problem.names, output_dict=True, zero_division=0
    )
    for rates in [*class_rates(problem.by_class(a, y)), *average_rates(problem.by_class(a, y))]:
        known = expected.get(rates.name) or expected[f"{rates.name} avg"]
        assert as_scikit_learn(rates) == pytest.approx(known, rel=1e-12)
    assert [row["name"] for row in class_report(problem.by_class(a, y))["averages"]] == [
        "micro", "macro", "weighted"
    ]  # fmt: skip


@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("steps", [None, 2])  # many equal scores
def test_top_k_accuracy_is_scikit_learn_s(k, steps):
    p, y = RNG.random((300, 20)), RNG.integers(0, 20, 300)
    p = p if steps is None else np.round(p * steps) / steps
    expected = top_k_accuracy_score(y, p, k=k, labels=np.arange(20))
    assert top_k_accuracy(p, y, k) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("k", "there"), [(10, False), (11, True)])
def test_more_than_ten_classes_have_a_top_5_accuracy(k, there):
    problem = Classes(tuple(range(k)), "cross_entropy")
    a, y = RNG.normal(size=(50, k)), RNG.integers(0, k, 50)
    found = problem.measures(a, y)
    assert ("top_5_accuracy" in found) is there
    if there:
        assert found["top_5_accuracy"] == pytest.approx(
            top_k_accuracy_score(y, problem.predictions(a), k=5, labels=np.arange(k))
        )
        assert problem.measures_of(problem.predictions(a), y)["top_5_accuracy"] == found["top_5_accuracy"]


def test_pixels_are_counted_by_class_too():
    from gradatim.problems.masks import Masks

    problem = Masks((0, 255), "cross_entropy")
    a, y = RNG.normal(size=(4, 2, 3, 3)), RNG.integers(0, 2, (4, 3, 3))
    rows = class_rates(problem.by_class(a, y))
    iou = intersection_over_union(problem.counts(problem.answer(a), y))
    for row, share in zip(rows, iou, strict=True):  # F1 = 2 IoU/(1 + IoU)
        assert row.f1 == pytest.approx(2 * share / (1 + share), rel=1e-12)

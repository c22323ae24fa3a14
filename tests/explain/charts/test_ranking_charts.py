"""ROC, precision–recall, threshold and lift charts: lines, areas in their names, means of many."""

import numpy as np
import pytest
from sklearn.metrics import auc, f1_score, precision_score, recall_score, roc_curve

from gradatim.explain.charts.chart import Curve, Reference
from gradatim.explain.charts.lift import lift_chart
from gradatim.explain.charts.precision_recall import precision_recall_chart
from gradatim.explain.charts.roc import roc_chart
from gradatim.explain.charts.thresholds import rates_at, threshold_chart
from gradatim.problems.ranked import rankings

RNG = np.random.default_rng(1)


def classes(k, n=400):
    """Classes with scores that know more of the later ones."""
    y = RNG.integers(0, k, n)[:, None] == np.arange(k)
    scores = RNG.random((n, k)) * 0.5 + y * np.linspace(0.1, 0.45, k)
    return y, scores, rankings(scores, y, [f"c{i}" for i in range(k)])


def curves(chart):
    return [mark for mark in chart.panels[0].marks if isinstance(mark, Curve)]


@pytest.mark.parametrize("k", [1, 3, 6])
def test_up_to_six_classes_have_a_line_each_with_its_area(k):
    y, scores, found = classes(max(k, 2))
    found = found[:k]
    lines = curves(roc_chart(found))
    for place, line in enumerate(lines):
        fpr, tpr, _ = roc_curve(y[:, place], scores[:, place])
        assert line.name == f"c{place}, AUC {auc(fpr, tpr):.3f}"
        assert np.trapezoid(line.y, line.x) == pytest.approx(auc(fpr, tpr), abs=1e-9)
    lines = curves(precision_recall_chart(found))
    for one, line in zip(found, lines, strict=True):  # the steps hold the average precision exactly
        assert np.trapezoid(line.y, line.x) == pytest.approx(one.average_precision, abs=1e-9)
    assert [line.name for line in curves(lift_chart(found))] == [
        f"{one.name}, lift {one.lift(0.1):.2f} in the first 10 %" for one in found
    ]


def test_of_many_classes_the_mean_the_best_and_the_worst_are_drawn():
    _, _, found = classes(12)
    areas = [one.roc_auc for one in found]
    mean, best, worst = curves(roc_chart(found))
    assert mean.name == f"macro average of 12 classes, AUC {np.mean(areas):.3f}"
    assert np.trapezoid(mean.y, mean.x) == pytest.approx(np.mean(areas), abs=0.005)
    assert best.name == f"highest: c{np.argmax(areas)}, AUC {max(areas):.3f}"
    assert worst.name == f"lowest: c{np.argmin(areas)}, AUC {min(areas):.3f}"
    averages = [one.average_precision for one in found]
    line = curves(precision_recall_chart(found))[0]
    assert np.trapezoid(line.y, line.x) == pytest.approx(np.mean(averages), abs=0.01)
    assert len(threshold_chart(found).panels) == 1


def test_rates_at_a_threshold_are_those_of_the_answers_from_it_on():
    y, scores, found = classes(2, 150)
    for threshold in (0.0, 0.2, 0.4, 0.5, np.sort(scores[:, 0])[-2]):
        answer = scores[:, 0] >= threshold
        precision, recall, f1 = (float(one[0]) for one in rates_at(found[0], np.array([threshold])))
        assert precision == pytest.approx(precision_score(y[:, 0], answer))
        assert recall == pytest.approx(recall_score(y[:, 0], answer))
        assert f1 == pytest.approx(f1_score(y[:, 0], answer))
    assert np.isnan(rates_at(found[0], np.array([2.0]))[0])


def test_the_threshold_in_use_and_the_share_that_guessing_gets_are_marked():
    _, _, found = classes(2)
    marks = threshold_chart(found[1:], 0.37).panels[0].marks
    assert [mark.start[0] for mark in marks if isinstance(mark, Reference)] == [0.37]
    share = found[1].positives / 400
    marks = precision_recall_chart(found[1:]).panels[0].marks
    assert [mark.start[1] for mark in marks if isinstance(mark, Reference)] == [pytest.approx(share)]
    chart = threshold_chart(classes(5)[2])
    assert len(chart.panels) == 5 and chart.columns == 3

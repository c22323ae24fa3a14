"""How right a run is on its test examples: what is taken for what, how sure it may be, what is left."""

from collections.abc import Callable
from typing import Any

from gradatim.explain.calibration import reliability
from gradatim.explain.charts.as_figure import as_figure
from gradatim.explain.charts.lift import FIRST, lift_chart
from gradatim.explain.charts.precision_recall import precision_recall_chart
from gradatim.explain.charts.reliability_diagram import reliability_diagram
from gradatim.explain.charts.residuals import residual_charts
from gradatim.explain.charts.roc import roc_chart
from gradatim.explain.charts.thresholds import threshold_chart
from gradatim.explain.confusion_table import correct
from gradatim.explain.figures.confusion import confusion_figure
from gradatim.explain.number_format import count, percent
from gradatim.jobs.plots.evidence_of_run import evidence_of
from gradatim.jobs.plots.request import Drawing, PlotRequest
from gradatim.problems.evidence import Calibration, Confusion, Ranking, Residuals
from gradatim.problems.ranked import Curve, Ranked

UNRANKED = "does not tell classes apart on test examples of two of them"


def confusion(asked: PlotRequest) -> Drawing:
    """The confusion matrix of the test examples; rows are true classes, columns predicted."""
    of = evidence_of(asked, Confusion, "does not tell classes apart")
    found = of.evidence
    right, total = correct(found.counts)
    title = f"Confusion matrix of {of.title}\n{count(right)} of {count(total)} test {found.unit}s right"
    facts = {"classes": [str(name) for name in found.names], "confusion": found.counts.tolist()}
    return Drawing(confusion_figure(found.counts, found.names, title), facts)


def calibration(asked: PlotRequest) -> Drawing:
    """The reliability diagram of the test examples: of two classes, of the second one's probability; of
    more, of the probability of the class decided for.
    """
    of = evidence_of(asked, Calibration, "does not tell classes apart")
    found = of.evidence
    bins = reliability(found.p, found.came_true)
    facts = {
        "said": bins.said.tolist(), "true": bins.true.tolist(), "counts": bins.counts.tolist(),
        "expected_calibration_error": bins.error,
    }  # fmt: skip
    title = f"Calibration of {of.title}: expected calibration error {percent(bins.error)}"
    return Drawing(as_figure(reliability_diagram(bins, found.of, title)), facts)


def residuals(asked: PlotRequest) -> Drawing:
    """Predicted numbers of the test examples beside the true ones, the residuals and how they spread; RMSE,
    MAE and R².
    """
    of = evidence_of(asked, Residuals, "does not predict numbers")
    found = of.evidence
    title = f"Residuals of {of.title}: R² {of.metrics['r2']:.3f} on {count(len(found.true))} test examples"
    return Drawing(as_figure(residual_charts(found, title)), of.metrics)


def roc(asked: PlotRequest) -> Drawing:
    """The ROC curve of the test examples: of two classes the second one's, of more each against the rest."""
    of = evidence_of(asked, Ranking, UNRANKED)
    found = of.evidence
    chart = roc_chart(found.classes, f"ROC curve of {of.title}")
    points = _points(found, ("false_positive_rate", "true_positive_rate"), lambda one: one.roc)
    return Drawing(as_figure(chart), {"auc": _areas(found, lambda one: one.roc_auc), "curves": points})


def precision_recall(asked: PlotRequest) -> Drawing:
    """The precision–recall curve, likewise."""
    of = evidence_of(asked, Ranking, UNRANKED)
    found = of.evidence
    chart = precision_recall_chart(found.classes, f"Precision–recall curve of {of.title}")
    points = _points(found, ("recall", "precision"), lambda one: one.precision_recall)
    areas = _areas(found, lambda one: one.average_precision)
    return Drawing(as_figure(chart), {"average_precision": areas, "curves": points})


def thresholds(asked: PlotRequest) -> Drawing:
    """Precision, recall and F1 by the threshold."""
    of = evidence_of(asked, Ranking, UNRANKED)
    found = of.evidence
    chart = threshold_chart(found.classes, found.threshold, f"Thresholds of {of.title}")
    curves = {
        one.name: {
            "threshold": one.thresholds.tolist(), "precision": one.precision.tolist(),
            "recall": one.recall.tolist(), "f1": one.f1.tolist(),
        }
        for one in found.classes
    }  # fmt: skip
    return Drawing(as_figure(chart), {"in_use": found.threshold, "curves": curves})


def lift(asked: PlotRequest) -> Drawing:
    """Cumulative gains, and the lift of the first tenth."""
    of = evidence_of(asked, Ranking, UNRANKED)
    found = of.evidence
    chart = lift_chart(found.classes, f"Cumulative gains of {of.title}")
    points = _points(found, ("taken", "found"), lambda one: one.gains)
    lifts = _areas(found, lambda one: one.lift(FIRST))
    return Drawing(as_figure(chart), {"lift_of_the_first_tenth": lifts, "curves": points})


def _areas(found: Ranking, area: Callable[[Ranked], float]) -> dict[str, float]:
    """A number for each class."""
    return {one.name: area(one) for one in found.classes}


def _points(found: Ranking, names: tuple[str, str], of: Callable[[Ranked], Curve]) -> dict[str, Any]:
    """The points of each class's line, by the names of both axes."""
    return {
        one.name: {name: values.tolist() for name, values in zip(names, of(one), strict=True)}
        for one in found.classes
    }

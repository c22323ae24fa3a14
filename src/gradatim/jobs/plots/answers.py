"""How right a run is on its test examples: what is taken for what, how sure it may be, what is left."""

from typing import TypeVar

from gradatim.checks import UsageError
from gradatim.explain.calibration import reliability
from gradatim.explain.charts.as_figure import as_figure
from gradatim.explain.charts.reliability_diagram import reliability_diagram
from gradatim.explain.charts.residuals import residual_charts
from gradatim.explain.confusion_table import correct
from gradatim.explain.figures.confusion import confusion_figure
from gradatim.explain.number_format import count, percent
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.run import Run
from gradatim.problems.evidence import Calibration, Confusion, Evidence, Residuals

Kind = TypeVar("Kind", bound=Evidence)


def confusion(asked: PlotRequest) -> Drawing:
    """The confusion matrix of the test examples; rows are true classes, columns predicted."""
    run, found = _evidence(asked, Confusion, "does not tell classes apart")
    right, total = correct(found.counts)
    title = f"{name_of(run)}: {count(right)} of {count(total)} test {found.unit}s right"
    facts = {"classes": [str(name) for name in found.names], "confusion": found.counts.tolist()}
    return Drawing(confusion_figure(found.counts, found.names, title), facts)


def calibration(asked: PlotRequest) -> Drawing:
    """The reliability diagram of the test examples: of two classes, of the second one's probability; of
    more, of the probability of the class decided for.
    """
    run, found = _evidence(asked, Calibration, "does not tell classes apart")
    bins = reliability(found.p, found.came_true)
    facts = {
        "said": bins.said.tolist(), "true": bins.true.tolist(), "counts": bins.counts.tolist(),
        "expected_calibration_error": bins.error,
    }  # fmt: skip
    title = f"Calibration of {name_of(run)}: expected calibration error {percent(bins.error)}"
    return Drawing(as_figure(reliability_diagram(bins, found.of, title)), facts)


def residuals(asked: PlotRequest) -> Drawing:
    """Predicted numbers of the test examples beside the true ones, the residuals and how they spread; RMSE,
    MAE and R².
    """
    run, found = _evidence(asked, Residuals, "does not predict numbers")
    title = (
        f"Residuals of {name_of(run)}: R² {run.metrics['r2']:.3f} on {count(len(found.true))} test examples"
    )
    return Drawing(as_figure(residual_charts(found, title)), dict(run.metrics))


def _evidence(asked: PlotRequest, kind: type[Kind], otherwise: str) -> tuple[Run, Kind]:
    """The run, and one kind of evidence of its answers."""
    run = asked.run()
    measured = run.measured
    known = measured is not None and measured.a is not None and measured.y is not None
    every = run.trained.problem.evidence(measured.a, measured.y) if known else ()  # type: ignore[union-attr,arg-type]
    found = next((one for one in every if isinstance(one, kind)), None)
    if found is None:
        raise UsageError(f"{run.path} {otherwise}, which is what this picture is of")
    return run, found

"""How right a run is on its test examples: what is taken for what, how sure it may be, what is left."""

from gradatim.checks import UsageError
from gradatim.explain.calibration import asked_of, reliability
from gradatim.explain.confusion import correct
from gradatim.explain.figures.calibration import calibration_figure
from gradatim.explain.figures.confusion import confusion_figure
from gradatim.explain.figures.residuals import residuals_figure
from gradatim.explain.figures.style import short
from gradatim.explain.numerals import count
from gradatim.jobs.evaluate import measured_on
from gradatim.jobs.measure import Measured
from gradatim.jobs.plots.asked import Asked, Drawn, name_of
from gradatim.jobs.run import Run


def confusion(asked: Asked) -> Drawn:
    """The confusion matrix of the test examples; rows are true classes, columns predicted."""
    run, measured = _measured(asked)
    classes = run.trained.classes
    counts = measured.confusion(len(classes))
    right, total = correct(counts)
    title = f"{name_of(run)}: {count(right)} of {count(total)} test examples right"
    facts = {"classes": [str(name) for name in classes], "confusion": counts.tolist()}
    return Drawn(confusion_figure(counts, classes, title), facts)


def calibration(asked: Asked) -> Drawn:
    """The reliability diagram of the test examples: of two classes, of the second one's probability; of
    more, of the probability of the class decided for.
    """
    run, measured = _measured(asked)
    p, y = measured.probabilities, measured.targets
    assert p is not None and y is not None
    if p.shape[1] == 2:
        of = f"probability of class {short(run.trained.classes[1])}"
    else:
        of = "probability of the class decided for"
    said, came_true = asked_of(p, y, measured.decisions)
    found = reliability(said, came_true)
    facts = {
        "said": found.said.tolist(), "true": found.true.tolist(), "counts": found.counts.tolist(),
        "expected_calibration_error": found.error,
    }  # fmt: skip
    return Drawn(calibration_figure(said, came_true, of, f"Calibration of {name_of(run)}"), facts)


def residuals(asked: Asked) -> Drawn:
    """Predicted numbers of the test examples beside the true ones, and the residuals; RMSE, MAE and R²."""
    run = asked.run()
    target = (run.trained.preprocessing or {}).get("target", {})
    if target.get("task") != "regression":
        raise UsageError(f"{run.path} does not predict numbers, which is what this picture is of")
    measured = measured_on(run)
    assert measured.targets is not None and measured.predicted is not None
    y, predicted = (array.reshape(measured.n, -1) for array in (measured.targets, measured.predicted))
    title = (
        f"Residuals of {name_of(run)}: R² {measured.metrics['r2']:.3f} on {count(measured.n)} test examples"
    )
    return Drawn(residuals_figure(y, predicted, target["names"], title), dict(measured.metrics))


def _measured(asked: Asked) -> tuple[Run, Measured]:
    run = asked.run()
    measured = measured_on(run)
    if measured.probabilities is None or not run.trained.classes:
        raise UsageError(f"{run.path} does not tell classes apart, which is what this picture is of")
    return run, measured

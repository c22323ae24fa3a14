"""Inputs beside what a run makes of them: typical examples, and those with the largest errors."""

import numpy as np

from gradatim.checks import UsageError, unknown_argument, whole
from gradatim.explain.figures.reconstructions import reconstructed_pictures, reconstructed_rows
from gradatim.explain.number_format import count, measure, percent
from gradatim.jobs.plots.codes import is_picture, tiles_of
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of

TAKES = ("examples",)


def reconstructions(asked: PlotRequest) -> Drawing:
    """Test examples whose errors are next to the median, and the ones with the largest, beside what is made
    of them; `examples` of each.
    """
    for key in asked.arguments:
        if key not in TAKES:
            raise unknown_argument("plot reconstructions", key, TAKES)
    run = asked.run()
    problem, measured = run.trained.problem, run.measured
    if "reconstruction_error" not in run.metrics or measured is None or measured.a is None:
        raise UsageError(
            f"{run.path} reconstructs no inputs; gradatim train digits --task reconstruction makes a run "
            "that does"
        )
    x, again = np.asarray(measured.y), np.asarray(problem.predictions(measured.a))
    error = ((again.astype(np.float64) - x) ** 2).mean(1)
    shape = tuple(run.trained.encoder.shape(run.trained.shape or ()))
    pictured = is_picture(shape)
    wanted = whole("examples", asked.arguments.get("examples", 10 if pictured else 3), 1, 24)
    typical, worst = choose(error, wanted)
    split = {"valid": "validation"}.get(run.data.judged_on, run.data.judged_on)
    share = run.metrics["variance_explained"]
    title = (
        f"Reconstructions of {name_of(run)}: {percent(share, 0)} of the variance of "
        f"{count(len(x))} {split} examples"
    )
    groups = [("typical: the error is next to the median", typical), ("the largest errors", worst)]
    words = f"a mean squared error for each example; that of all is {measure(float(error.mean()))}"
    if share < 0:
        words += ", which is more than the mean input's"
    if pictured:
        parts = [
            (name, tiles_of(x[rows], shape), tiles_of(again[rows], shape), error[rows])
            for name, rows in groups
        ]
        figure = reconstructed_pictures(parts, title, words)
    else:
        names = [str(one) for one in run.trained.encoder.names(run.trained.features)]
        names = names if len(names) == x.shape[1] else [f"x{k + 1}" for k in range(x.shape[1])]
        lines = [(name, rows.tolist(), x[rows], again[rows], error[rows]) for name, rows in groups]
        figure = reconstructed_rows(lines, names, title, words)
    facts = {"typical": typical.tolist(), "worst": worst.tolist(), "error": float(error.mean()),
             "median_error": float(np.median(error)), "largest_error": float(error.max())}  # fmt: skip
    return Drawing(figure, facts)


def choose(error: np.ndarray, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """The rows whose errors are next to the median, and those with the largest, from the largest down.

    >>> [rows.tolist() for rows in choose(np.array([3.0, 1.0, 2.0, 9.0, 8.0]), 2)]
    [[0, 2], [3, 4]]
    """
    middle = np.argsort(np.abs(error - np.median(error)), kind="stable")[:wanted]
    return np.sort(middle), np.argsort(-error, kind="stable")[:wanted]

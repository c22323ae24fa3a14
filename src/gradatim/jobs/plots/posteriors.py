"""Gaussian processes of two related tasks, each alone and with the other (curriculum H7)."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, real, whole
from gradatim.explain.charts.as_figure import as_figure
from gradatim.explain.charts.task_posteriors import TaskPosterior, task_posterior_chart
from gradatim.jobs.plots.request import Drawing, PlotRequest
from gradatim.random import generator

DEFAULTS: dict[str, Any] = {
    "n": 25, "few": 5, "correlation": 0.95, "noise": 0.1, "kernel": "rbf", "rank": 1, "seed": 1
}  # fmt: skip
PLACES = 161
SCALE = 1.5  # the length scale of the planted functions
MOST = 150  # targets of a task


def posteriors(asked: PlotRequest) -> Drawing:
    """Two functions of a planted correlation, the second seen at few places, and what is said of them.

    Arguments: n and few targets; correlation and noise of what is planted, seed; kernel and rank of what
    is fitted.
    """
    if asked.things:
        raise UsageError(f"plot posteriors draws its own tasks; it takes no {asked.things[0]!r}")
    for name in asked.arguments:
        if name not in DEFAULTS:
            raise UsageError(f"plot posteriors takes no argument {name!r}: choose from {', '.join(DEFAULTS)}")
    chosen = {**DEFAULTS, **asked.arguments}
    x, truth, Xs, ys = _planted(chosen)
    fitted = _fitted(chosen, Xs, ys)
    found = []
    for i in range(2):
        for way, at in fitted["ways"].items():
            mean, std = at(x, i)
            found.append(
                TaskPosterior(f"task {i + 1}", way, x[:, 0], truth[:, i], mean, std, Xs[i][:, 0], ys[i])
            )
    title = f"Gaussian processes of two related tasks, {len(ys[0])} and {len(ys[1])} targets"
    facts = {"rmse": {way: [one.rmse for one in found if one.way == way] for way in fitted["ways"]}}
    return Drawing(as_figure(task_posterior_chart(found, title)), facts | fitted["facts"])


def _planted(chosen: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, list[np.ndarray], list[np.ndarray]]:
    """Places (P, 1), both functions there (P, 2), and the rows and targets of each task."""
    from gradatim.functional.covariances import covariance

    counts = [whole(name, chosen[name], 1, MOST) for name in ("n", "few")]
    rho, noise = (
        real("correlation", chosen["correlation"], at_least=-1),
        real("noise", chosen["noise"], at_least=0),
    )
    if rho > 1:
        raise UsageError(f"correlation must be a number from -1 to 1; it is {rho:g}")
    rng = generator(whole("seed", chosen["seed"], 0), "plot posteriors")
    x = np.linspace(0, 10, PLACES)[:, None]
    values, vectors = np.linalg.eigh(covariance("rbf")(x, x, np.array([SCALE])))
    draws = vectors * np.sqrt(np.maximum(values, 0)) @ rng.standard_normal((PLACES, 2))
    truth = np.column_stack([draws[:, 0], rho * draws[:, 0] + (1 - rho**2) ** 0.5 * draws[:, 1]])
    seen = [np.sort(rng.choice(PLACES, n, replace=False)) for n in counts]
    ys = [truth[at, i] + noise * rng.standard_normal(len(at)) for i, at in enumerate(seen)]
    return x, truth, [x[at] for at in seen], ys


def _fitted(chosen: dict[str, Any], Xs: list[np.ndarray], ys: list[np.ndarray]) -> dict[str, Any]:
    """What gives a task's mean and deviation in each of three ways, and the numbers of the joint fit."""
    from gradatim.estimators import MultiTaskGaussianProcess

    kernel = chosen["kernel"]
    alone = [MultiTaskGaussianProcess(kernel).fit(X, y) for X, y in zip(Xs, ys, strict=True)]
    shared = MultiTaskGaussianProcess(kernel, sharing="kernel").fit(Xs, ys)
    joint = MultiTaskGaussianProcess(kernel, rank=chosen["rank"]).fit(Xs, ys)
    return {
        "ways": {
            "alone": lambda x, i: alone[i].predict(x, return_std=True),
            "shared kernel": lambda x, i: [found[:, i] for found in shared.predict(x, return_std=True)],
            "coregionalization": lambda x, i: [found[:, i] for found in joint.predict(x, return_std=True)],
        },
        "facts": {
            "coregionalization": joint.coregionalization_.tolist(),
            "correlation": float(joint.correlations_[0, 1]),
            "log_marginal_likelihood": joint.log_marginal_likelihood_,
        },
    }

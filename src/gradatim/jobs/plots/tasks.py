"""What penalties over tasks find, on tasks whose truth is known (curriculum H2, H5)."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, real, whole
from gradatim.explain.charts.as_figure import as_figure
from gradatim.explain.charts.task_weights import feature_path, task_chart, task_plane, weights_beside
from gradatim.jobs.plots.request import Drawing, PlotRequest

DEFAULTS: dict[str, Any] = {"tasks": 9, "n": 40, "features": 30, "noise": 0.5, "clusters": 3, "seed": 0}
USED = 4  # features that the truth uses


def tasks(asked: PlotRequest) -> Drawing:
    """The path of joint sparsity, its weights beside the true ones, and the clusters of tasks.

    Every task has n rows of its own. The truth uses four features, with the weights of its cluster's centre
    and a little of the task's own. Arguments: tasks, n, features, noise, clusters, seed.
    """
    if asked.things:
        raise UsageError(f"plot tasks draws its own tasks, not {asked.things[0]!r}")
    for name in asked.arguments:
        if name not in DEFAULTS:
            raise UsageError(f"plot tasks takes no argument {name!r}: choose from {', '.join(DEFAULTS)}")
    chosen = {**DEFAULTS, **asked.arguments}
    least = {"tasks": 2, "n": 4, "features": USED, "clusters": 1, "seed": 0}
    sizes = {name: whole(name, chosen[name], low) for name, low in least.items()}
    whole("clusters", sizes["clusters"], 1, sizes["tasks"])
    return _drawn(real("noise", chosen["noise"], at_least=0), **sizes)


def _drawn(noise: float, tasks: int, n: int, features: int, clusters: int, seed: int) -> Drawing:
    from gradatim.estimators import ClusteredMultiTask, JointSparsity

    rng = np.random.default_rng(seed)
    centres = np.zeros((clusters, features))
    centres[:, :USED] = 2 * rng.standard_normal((clusters, USED))
    of = np.arange(tasks) % clusters
    W = centres[of]
    W[:, :USED] += 0.2 * rng.standard_normal((tasks, USED))
    Xs = [rng.standard_normal((n, features)) for _ in range(tasks)]
    ys = [X @ w + noise * rng.standard_normal(n) for X, w in zip(Xs, W, strict=True)]
    sparse = JointSparsity(tol=1e-4)
    path = sparse.path(Xs, ys, n_strengths=25, ratio=0.02)
    at = int(np.argmin([((coef - W) ** 2).sum() for coef in path.coefs]))
    grouped = ClusteredMultiTask(clusters, strength=20.0, tol=1e-4).fit(Xs, ys)
    panels = [
        feature_path(path.strengths, path.coefs, [f"feature {j}" for j in range(features)], range(USED)),
        weights_beside(W, path.coefs[at]),
        task_plane(grouped.coef_, grouped.clusters_),
    ]
    used = np.flatnonzero(path.coefs[at].any(axis=0)).tolist()
    facts = {
        "features": used, "strength": float(path.strengths[at]), "clusters": grouped.clusters_.tolist(),
        "true_clusters": of.tolist(),
    }  # fmt: skip
    title = f"{tasks} tasks of {n} rows: a path of joint sparsity, its best weights, clusters of tasks"
    return Drawing(as_figure(task_chart(panels, title)), facts)

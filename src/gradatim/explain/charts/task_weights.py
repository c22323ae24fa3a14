"""Weights of several tasks: the path of their features, found weights beside true ones, tasks in a plane."""

from collections.abc import Sequence

import numpy as np

from gradatim.explain.axes import linear, logarithmic
from gradatim.explain.charts.chart import Caption, Chart, Curve, Dots, Labels, Mark, Panel, Reference

NAMED = 6  # curves that have room for a name


def feature_path(
    strengths: np.ndarray, coefs: np.ndarray, names: Sequence[str] = (), planted: Sequence[int] = ()
) -> Panel:  # fmt: skip
    """‖w_j‖₂ of every feature over λ, coefs (L, m, D); those of `planted` are drawn as those sought."""
    sizes = np.linalg.norm(coefs, axis=1)
    names = names or [str(j) for j in range(sizes.shape[1])]
    used = [j for j in np.argsort(-sizes.max(0), kind="stable") if sizes[:, j].any()]
    curves = [
        Curve(
            "training" if j in planted else "validation", strengths, sizes[:, j],
            str(names[j]) if rank < NAMED else "",
        )
        for rank, j in enumerate(used)
    ]  # fmt: skip
    x_axis = logarithmic("λ", strengths.tolist())
    y_axis = linear("norm of a feature's weights in all tasks", [0.0, float(sizes.max())])
    said = f"the norms of {len(used)} features' weights as λ falls from {strengths[0]:.3g}"
    marks: list[Mark] = [*curves, *([Caption("solid: features that the truth uses")] if len(planted) else [])]
    return Panel(x_axis, y_axis, tuple(marks), said, height=0.9)


def weights_beside(truth: np.ndarray, coef: np.ndarray) -> Panel:
    """Each weight of (m, D) beside the true one, and the line on which they are one."""
    ends = [float(min(truth.min(), coef.min())), float(max(truth.max(), coef.max()))]
    line = Reference((ends[0], ends[0]), (ends[1], ends[1]), "found = true")
    error = float(np.sqrt(((coef - truth) ** 2).mean()))
    caption = Caption(f"root of the mean squared difference {error:.3f}")
    return Panel(
        linear("true weight", ends), linear("weight found", ends),
        (Dots("example", truth.ravel(), coef.ravel()), line, caption),
        f"{truth.size} weights beside the true ones", height=0.9,
    )  # fmt: skip


def task_plane(coef: np.ndarray, clusters: np.ndarray, names: Sequence[str] = ()) -> Panel:
    """Tasks by the first two principal components of their weights (m, D), each with its cluster's number."""
    moved = coef - coef.mean(0)
    U, S, _ = np.linalg.svd(moved, full_matrices=False)
    places = np.zeros((len(coef), 2))
    places[:, : min(2, len(S))] = (U * S)[:, :2]
    names = names or [str(i) for i in range(len(coef))]
    words = tuple(f"{name}: {chr(ord('A') + int(c) % 26)}" for name, c in zip(names, clusters, strict=True))
    middle, half = (places.min(0) + places.max(0)) / 2, max(float(np.ptp(places, 0).max()) / 2, 1e-6) * 1.25
    axes = [
        linear(f"component {k + 1} of the tasks' weights", [float(middle[k] - half), float(middle[k] + half)])
        for k in (0, 1)
    ]
    said = f"{len(coef)} tasks in {len(set(clusters.tolist()))} clusters"
    marks = (Labels(places[:, 0], places[:, 1], words), Caption("a task's number: its cluster, as found"))
    return Panel(axes[0], axes[1], marks, said, height=0.9)


def task_chart(panels: Sequence[Panel], title: str) -> Chart:
    """Panels side by side."""
    return Chart(title, tuple(panels), columns=len(panels))

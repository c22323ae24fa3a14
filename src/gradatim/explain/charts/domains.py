"""Two domains in the plane, before and after something was done about their difference."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.explain.axes import linear
from gradatim.explain.charts.chart import Caption, Chart, Dots, Panel

MOST = 150  # points of a domain


def domains_chart(
    before: tuple[Any, Any], after: tuple[Any, Any], title: str = "Source and target, before and after",
    names: tuple[str, str] = ("source", "target"),
) -> Chart:  # fmt: skip
    """Rows of the source and of the target as points, by their own two columns and by new ones.

    Shapes: before (source (N, D), target (M, D)) and after (source (N, H), target (M, H)). Of more than two
    columns the two directions of the largest variance of both domains are drawn; of more than 150 rows of a
    domain as many, evenly spaced. Above each panel stands how far the domains' means are apart, in standard
    deviations of all rows.
    """
    panels = [_panel(pair, names, when) for pair, when in ((before, "before"), (after, "after"))]
    return Chart(title, tuple(panels), columns=2)


def distance_of_means(source: Any, target: Any) -> float:
    """‖mean of the source − mean of the target‖ over the root of the summed variances of all rows.

    >>> distance_of_means([[0.0], [2.0]], [[1.0], [1.0]])
    0.0
    """
    a, b = np.asarray(source, float), np.asarray(target, float)
    spread = np.sqrt(np.concatenate([a, b]).var(0).sum())
    return float(np.linalg.norm(a.mean(0) - b.mean(0)) / max(spread, np.finfo(float).tiny))


def _panel(pair: tuple[Any, Any], names: Sequence[str], when: str) -> Panel:
    a, b = (np.asarray(one, float) for one in pair)
    apart = distance_of_means(a, b)
    flat = _plane(np.concatenate([a, b]))
    parts = [_some(flat[: len(a)]), _some(flat[len(a) :])]
    x, y = np.concatenate(parts).T
    first, second = (linear(f"direction {k + 1}, {when}", [float(v) for v in flat[:, k]]) for k in range(2))
    clouds = Dots("bin", x, y, np.repeat([False, True], [len(one) for one in parts]))
    words = f"{names[0]} and {names[1]} {when}, as points; their means are {apart:.2f} deviations apart"
    said = Caption(f"filled {names[0]}, hollow {names[1]}; means {apart:.2f} deviations apart")
    return Panel(first, second, (clouds, said), words)


def _plane(rows: np.ndarray) -> np.ndarray:
    """The rows in two columns (n, 2): their own, or the directions of the largest variance."""
    if rows.shape[1] <= 2:
        return np.concatenate([rows, np.zeros((len(rows), 2 - rows.shape[1]))], 1)
    centred = rows - rows.mean(0)
    return centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T


def _some(rows: np.ndarray) -> np.ndarray:
    return rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST)).astype(int)]

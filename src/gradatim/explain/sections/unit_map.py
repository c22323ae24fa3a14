"""A self-organising map: its U-matrix, the examples of each unit, and where each class lies."""

from typing import Any

import numpy as np

from gradatim.explain import svg
from gradatim.explain.headline import some_examples
from gradatim.explain.number_format import count, measure, percent
from gradatim.nn.unit_grid import outlines
from gradatim.problems.evidence import TrainedMap

WIDTH = 400
MOST_CLASSES = 12  # whose hits are drawn, those with the most examples


def context(evidence: TrainedMap, report: Any) -> dict[str, Any]:
    """A picture of distances, one of hits, and one for each class."""
    hits, least = evidence.hits(), float(evidence.u_matrix.min())
    whole = [
        drawn(evidence.topology, evidence.u_matrix, "mean distance to the neighbours", least),
        drawn(evidence.topology, hits, "examples"),
    ]
    by_class = [(name, evidence.hits(k)) for k, name in enumerate(evidence.names)]
    most = sorted(by_class, key=lambda one: -int(one[1].sum()))[:MOST_CLASSES]
    shown = [one for one in by_class if any(one is other for other in most) and one[1].sum()]
    rows, columns = hits.shape
    return {
        "distances": whole[0], "hits": whole[1], "rows": rows, "columns": columns,
        "least": measure(least), "largest": measure(float(evidence.u_matrix.max())),
        "most_hits": count(int(hits.max())), "empty": int((hits == 0).sum()), "units": hits.size,
        "classes": [(name, count(int(of.sum())), drawn(evidence.topology, of, name)) for name, of in shown],
    }  # fmt: skip


def headline(evidence: TrainedMap, report: Any) -> str:
    """How far examples lie from their units, and how often the grid is folded."""
    rows, columns = evidence.u_matrix.shape
    of = some_examples(report.size, report.word)
    return (
        f"On a map of {rows} × {columns} units {of} lie {measure(report.metrics['quantisation_error'])} from "
        f"their unit on average; of {percent(report.metrics['topographic_error'])} the second unit is no "
        "neighbour."
    )


def drawn(topology: str, values: np.ndarray, said: str, low: float = 0.0) -> str:
    """A cell for each unit, from empty at `low` to full at the largest value; it says its own when it is
    pointed at.
    """
    rows, columns = values.shape
    corners = outlines(rows, columns, topology)
    corner = corners.reshape(-1, 2).min(0)
    width, height = corners.reshape(-1, 2).max(0) - corner
    scale = WIDTH / width
    size = float(values.max()) - low or 1.0
    cells = []
    for unit, (cell, value) in enumerate(zip((corners - corner) * scale, values.reshape(-1), strict=True)):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in cell)
        row, column = divmod(unit, columns)
        words = f"row {row}, column {column}: {said} {value:.4g}"
        cells.append(
            f'<polygon points="{path}" class="unit" fill-opacity="{(value - low) / size:.3f}"><title>'
            f"{svg.escape(words)}</title></polygon>"
        )
    return svg.picture(round(height * scale, 1), f"{said}, a cell for each unit", cells, WIDTH)

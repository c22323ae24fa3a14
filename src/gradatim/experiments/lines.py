"""Lines over one pair of axes, as the figures of most experiments are."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from gradatim.explain.axes import Axis, linear, logarithmic
from gradatim.explain.charts.chart import Caption, Curve, Mark, Panel

Points = tuple[Any, Any]  # x (n,), y (n,)


def panel_of_lines(
    x_name: str, y_name: str, lines: Mapping[str, Points], words: str, *, caption: str = "",
    log_x: bool = False, log_y: bool = False, beneath: Sequence[Mark] = (),
) -> Panel:  # fmt: skip
    """A panel with a named line each, told apart by colour, dash and marker, and named below it.

    What is not finite, and on a logarithmic axis what is not above 0, is left out. `beneath` are other
    marks; the axes reach to the ends of the lines.
    """
    kept = {name: _finite(x, y, log_x, log_y) for name, (x, y) in lines.items()}
    kept = {name: points for name, points in kept.items() if len(points[0])}
    xs, ys = (np.concatenate([points[k] for points in kept.values()]) for k in (0, 1))
    curves = [
        Curve("class", x, y, name if len(lines) > 1 else "", series=list(lines).index(name))
        for name, (x, y) in kept.items()
    ]
    captions = (Caption(caption),) if caption else ()
    axes = _axis(x_name, xs, log_x), _axis(y_name, ys, log_y)
    return Panel(*axes, (*beneath, *curves, *captions), words, key=len(lines) > 1)


def mean_of(results: Sequence[Mapping[str, Any]], key: str) -> np.ndarray:
    """The mean over seeds of a measure, a number or a list of numbers; a seed without one is left out."""
    return np.nanmean(np.array([one[key] for one in results], dtype=float), axis=0)


def _axis(name: str, values: np.ndarray, log: bool) -> Axis:
    numbers = [float(value) for value in values]
    return logarithmic(name, numbers) if log else linear(name, numbers)


def _finite(x: Any, y: Any, log_x: bool, log_y: bool) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    good = np.isfinite(x) & np.isfinite(y)
    good &= (x > 0) | (not log_x)
    good &= (y > 0) | (not log_y)
    return x[good], y[good]

"""Surfaces over the plane, the lines of their heights, and the paths that optimisers take on them."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from gradatim.explain.axes import Axis, linear
from gradatim.explain.charts.chart import Caption, Contour, Curve, Dots, Panel
from gradatim.optim.numpy_updates import LBFGSUpdate, vector_update

FAR = 1e6  # a path that has gone so far does not come back
Noise = Callable[[int], np.ndarray]  # of a step, what is added to the gradient there


class Surface(NamedTuple):
    """A function of points (…, 2), its gradient (…, 2), where paths begin, and the part that is drawn."""

    value: Callable[[np.ndarray], np.ndarray]
    gradient: Callable[[np.ndarray], np.ndarray]
    start: tuple[float, float]
    low: tuple[float, float]
    high: tuple[float, float]


def quadratic(curvatures: tuple[float, float], start: tuple[float, float], reach: float = 1.2) -> Surface:
    """A bowl, f = ½ Σ λᵢθᵢ², drawn `reach` times as far as the start lies.

    >>> bowl = quadratic((1.0, 100.0), (1.0, 0.1))
    >>> float(bowl.value(np.array([1.0, 0.1]))), bowl.gradient(np.array([1.0, 0.1])).tolist()
    (1.0, [1.0, 10.0])
    """
    curves = np.array(curvatures)
    x, y = (reach * abs(number) for number in start)
    return Surface(lambda p: 0.5 * (curves * p * p).sum(-1), lambda p: curves * p, start, (-x, -y), (x, y))


def saddle(start: tuple[float, float]) -> Surface:
    """A saddle in 0, f = ½x² − ½y² + ¼y⁴, between minima of −¼ at y = ±1.

    >>> round(float(saddle((1.0, 0.0)).value(np.array([0.0, 1.0]))), 12)
    -0.25
    """

    def value(p: np.ndarray) -> np.ndarray:
        x, y = p[..., 0], p[..., 1]
        return 0.5 * x**2 - 0.5 * y**2 + 0.25 * y**4

    def gradient(p: np.ndarray) -> np.ndarray:
        x, y = p[..., 0], p[..., 1]
        return np.stack([x, y**3 - y], -1)

    return Surface(value, gradient, start, (-1.6, -1.6), (1.6, 1.6))


def two_minima(start: tuple[float, float], tilt: float = 0.1) -> Surface:
    """A poor minimum near x = 1 and a better one near −1, f = ¼(x² − 1)² + tilt · x + ½y².

    >>> f = two_minima((1.6, 0.0)).value
    >>> bool(f(np.array([-1.0, 0.0])) < f(np.array([1.0, 0.0])) < f(np.array([0.0, 0.0])))
    True
    """

    def value(p: np.ndarray) -> np.ndarray:
        x, y = p[..., 0], p[..., 1]
        return 0.25 * (x**2 - 1) ** 2 + tilt * x + 0.5 * y**2

    def gradient(p: np.ndarray) -> np.ndarray:
        x, y = p[..., 0], p[..., 1]
        return np.stack([x**3 - x + tilt, y], -1)

    return Surface(value, gradient, start, (-2.0, -1.4), (2.0, 1.4))


def point(numbers: Any) -> tuple[float, float]:
    """Two numbers as a point.

    >>> point(np.array([1.0, 2.0]))
    (1.0, 2.0)
    """
    x, y = numbers
    return float(x), float(y)


def path(
    surface: Surface, optimizer: str, lr: float, steps: int, start: Any = None, noise: Noise | None = None,
    settings: Mapping[str, float] | None = None, rates: Callable[[int], float] = lambda step: 1.0,
) -> np.ndarray:  # fmt: skip
    """Where an optimiser of the catalogue stands after 0, 1 … steps from the start: (steps + 1, …, 2).

    Several starts (n, 2) move side by side, which is the same for updates that look at each number alone.
    A path that leaves the world stays where it left. `rates` gives the share of `lr` that a step has.
    """
    theta = np.array(surface.start if start is None else start, dtype=float)
    shape, theta = theta.shape, theta.ravel()
    update = vector_update(optimizer, theta, [theta.shape], dict(settings or {}))
    found = np.full((steps + 1, *shape), np.nan)
    found[0] = theta.reshape(shape)
    for step in range(steps):
        extra = np.zeros(shape) if noise is None else noise(step)

        def evaluate(x: np.ndarray, extra: np.ndarray = extra) -> tuple[float, np.ndarray]:
            x = x.reshape(shape)
            return float(surface.value(x).sum() + (x * extra).sum()), (surface.gradient(x) + extra).ravel()

        before = theta.copy()
        f, g = evaluate(theta)
        if isinstance(update, LBFGSUpdate):
            update.minimise(theta, g, f, evaluate, lr * rates(step))
        else:
            update(theta, g, lr * rates(step))
        if not np.isfinite(theta).all() or np.abs(theta).max() > FAR:
            found[step + 1 :] = before.reshape(shape)
            break
        found[step + 1] = theta.reshape(shape)
    return found


def contours(x: np.ndarray, y: np.ndarray, z: np.ndarray, levels: int = 12) -> list[Contour]:
    """Lines of equal height of z (len(y), len(x)), at heights that cut its values into parts of one size."""
    from contourpy import contour_generator

    generator = contour_generator(x, y, z)
    heights = np.quantile(z, np.linspace(0, 1, levels + 2)[1:-1])
    lines: list[Any] = [line for height in heights for line in generator.lines(float(height))]
    return [Contour(line[:, 0], line[:, 1]) for line in lines if len(line) > 1]


def panel_of_paths(
    surface: Surface, paths: Mapping[str, Any], words: str, caption: str = "", points: int = 81
) -> Panel:
    """The surface's lines of height, the start, and a named path for each optimiser; what leaves the panel
    is cut off.
    """
    (x0, y0), (x1, y1) = surface.low, surface.high
    x, y = np.linspace(x0, x1, points), np.linspace(y0, y1, points)
    z = surface.value(np.stack(np.meshgrid(x, y), -1))
    return panel_over(x, y, z, paths, words, caption, ("x", "y"), surface.start)


def panel_over(
    x: np.ndarray, y: np.ndarray, z: np.ndarray, paths: Mapping[str, Any], words: str, caption: str,
    names: tuple[str, str], start: tuple[float, float],
) -> Panel:  # fmt: skip
    """A panel of heights z (len(y), len(x)) and paths, each (n, 2), over it."""
    curves = []
    for series, (name, points) in enumerate(paths.items()):
        inside = _until_outside(np.asarray(points, dtype=float), (x[0], y[0]), (x[-1], y[-1]))
        curves.append(Curve("class", inside[:, 0], inside[:, 1], name if len(paths) > 1 else "", series))
    begin = Dots("bin", np.array([start[0]]), np.array([start[1]]), np.array([True]))
    axes = [_between(name, float(v[0]), float(v[-1])) for name, v in zip(names, (x, y), strict=True)]
    captions = (Caption(caption),) if caption else ()
    marks = (*contours(x, y, z), *curves, begin, *captions)
    return Panel(axes[0], axes[1], marks, words, key=len(paths) > 1)


def _between(name: str, low: float, high: float) -> Axis:
    """An axis that ends where a surface does, not at the next tick."""
    axis = linear(name, [low, high])
    inside = tuple(tick for tick in axis.ticks if low <= tick[0] <= high)
    return replace(axis, low=low, high=high, ticks=inside)


def _until_outside(points: np.ndarray, low: tuple[float, float], high: tuple[float, float]) -> np.ndarray:
    """Points (n, 2) up to the first that lies outside of a rectangle, which is moved to its border."""
    outside = ((points < low) | (points > high)).any(1)
    end = int(outside.argmax()) + 1 if outside.any() else len(points)
    return np.clip(points[:end], low, high)

"""The numbers of each layer as histograms: weights, or their gradients."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError
from gradatim.explain.figures.panels import head, size_of, spread
from gradatim.explain.figures.style import HATCHES, Picture, Theme
from gradatim.explain.numerals import count, measure

FEWEST, MOST_BINS = 10, 40
MOST = 12  # layers; of more, the first and the last


class Layer(NamedTuple):
    """One layer's arrays, by the last part of their names: weight, bias."""

    name: str
    arrays: dict[str, np.ndarray]


class Bars(NamedTuple):
    """Ends of the bins, and the share of the numbers in each, in per cent."""

    edges: np.ndarray
    shares: np.ndarray


def layers_of(parameters: Mapping[str, np.ndarray]) -> list[Layer]:
    """Parameters by name as layers, in their order.

    >>> [layer.name for layer in layers_of({"1.weight": np.ones(2), "1.bias": np.ones(1)})]
    ['1']
    """
    found: dict[str, dict[str, np.ndarray]] = {}
    for name, array in parameters.items():
        layer, _, part = name.rpartition(".")
        if array.dtype.kind == "f":  # a counter of steps is no weight
            found.setdefault(layer or part, {})[part] = array
    return [Layer(name, arrays) for name, arrays in found.items()]


def bars(array: np.ndarray) -> Bars:
    """The histogram of an array.

    >>> bars(np.array([0.0, 1.0, 1.0, 1.0])).shares[[0, -1]].tolist()
    [25.0, 75.0]
    """
    numbers = array.astype(np.float64).ravel()
    low, high = float(numbers.min()), float(numbers.max())
    if high - low <= 1e-12 * max(abs(low), abs(high)):  # all the same
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    bins = min(max(round(numbers.size**0.5), FEWEST), MOST_BINS)
    counts, edges = np.histogram(numbers, np.linspace(low, high, bins + 1))
    return Bars(edges, 100 * counts / array.size)


def histograms_figure(
    layers: Sequence[Layer], title: str, of: str, described: Mapping[str, str] | None = None
) -> Picture:
    """A histogram for each layer; `of` names the x axis, `described` says what a layer is."""
    shown = list(layers) if len(layers) <= MOST else [*layers[: MOST // 2], *layers[-MOST // 2 :]]
    if len(shown) < len(layers):
        title += f" (the first and last {MOST // 2} of {len(layers)} layers)"
    small = len(shown) > 4
    _check_finite(shown)
    described = described or {}

    def draw(figure: Any, theme: Theme) -> None:
        named: dict[str, Any] = {}
        for layer, axes in zip(shown, spread(figure, len(shown), title), strict=True):
            _draw(axes, layer, theme, named)
            axes.set_xlabel(of, fontsize=10 if small else 11)
            axes.set_ylabel("share in a bin (%)", fontsize=10 if small else 11)
            if small:
                axes.tick_params(labelsize=9)
                axes.locator_params(nbins=5)
            called = " ".join(filter(None, (layer.name, described.get(layer.name, ""))))
            head(axes, called, [_said(part, array) for part, array in layer.arrays.items()], 2, small)
        figure.legend(
            list(named.values()), list(named), loc="outside lower center", ncols=3, handlelength=3.2
        )

    width, height = size_of(len(shown))
    return Picture(draw, (width, height + 0.5))


def _draw(axes: Any, layer: Layer, theme: Theme, named: dict[str, Any]) -> None:
    """The first array, the weights, as bars; of the others, which are short, each number as a tick below."""
    (first, array), *others = layer.arrays.items()
    found = bars(array)
    named[first] = axes.stairs(
        found.shares,
        found.edges,
        fill=True,
        facecolor=theme.lines[0],
        edgecolor=theme.paper,
        hatch=HATCHES[1],
    )
    top, step = float(found.shares.max()), 0.09
    for row, (part, numbers) in enumerate(others, 1):
        colour = theme.lines[row % len(theme.lines)]
        (named[f"{part}, a tick each"],) = axes.plot(
            numbers.ravel(), np.full(numbers.size, -step * top * (row - 0.4)), linestyle="", marker="|",
            markersize=9, color=colour, alpha=0.7,
        )  # fmt: skip
    axes.axhline(0, color=theme.ink, linewidth=0.8)
    low, high = (
        f([f(numbers) for numbers in (found.edges, *(n for _, n in others))]) for f in (np.min, np.max)
    )
    axes.set_xlim(low - 0.02 * (high - low), high + 0.02 * (high - low))
    axes.set_ylim(-step * top * len(others) - 0.02 * top, 1.08 * top)


def _check_finite(layers: Sequence[Layer]) -> None:
    for layer in layers:
        for part, array in layer.arrays.items():
            if not np.isfinite(array).all():
                raise GradatimError(f"{part} of layer {layer.name} holds numbers that are not finite")


def _said(part: str, array: np.ndarray) -> str:
    numbers = array.astype(np.float64)
    mean, std = (
        measure(float(f"{value:.2g}")).replace("-", "−") for value in (numbers.mean(), numbers.std())
    )
    return f"{part}: {count(array.size)}, mean {mean}, std {std}"

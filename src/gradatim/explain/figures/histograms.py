"""The numbers of each layer as histograms: weights, or their gradients."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import GradatimError
from gradatim.explain.axes import linear
from gradatim.explain.figures.panels import head, size_of, spread
from gradatim.explain.figures.style import HATCHES, Picture, Theme, short
from gradatim.explain.number_format import count, exponent, measure, ten

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
    """Parameters by name as layers, in their order; each matrix of a layer of several stands alone.

    >>> [layer.name for layer in layers_of({"1.weight": np.ones((2, 2)), "1.bias": np.ones(2)})]
    ['1']
    >>> [layer.name for layer in layers_of({"r.in": np.ones((2, 2)), "r.back": np.ones((2, 2))})]
    ['r.in', 'r.back']
    """
    found: dict[str, dict[str, np.ndarray]] = {}
    for name, array in parameters.items():
        layer, _, part = name.rpartition(".")
        if array.dtype.kind == "f" and array.size:  # a counter of steps is no weight
            found.setdefault(layer or part, {})[part] = array
    return [layer for name, arrays in found.items() for layer in _divided(name, arrays)]


def _divided(name: str, arrays: dict[str, np.ndarray]) -> list[Layer]:
    """A layer by its matrices, the vectors with the last of them."""
    matrices = [part for part, array in arrays.items() if array.ndim > 1]
    if len(matrices) < 2:
        return [Layer(name, arrays)]
    vectors = {part: array for part, array in arrays.items() if array.ndim < 2}
    layers = [Layer(f"{name}.{part}", {part: arrays[part]}) for part in matrices]
    layers[-1].arrays.update(vectors)
    return layers


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


def histograms_figure(layers: Sequence[Layer], title: str, of: str) -> Picture:
    """A histogram for each layer; `of` names the x axis."""
    shown = list(layers) if len(layers) <= MOST else [*layers[: MOST // 2], *layers[-MOST // 2 :]]
    if len(shown) < len(layers):
        title += f" (the first and last {MOST // 2} of {len(layers)} layers)"
    small = len(shown) > 4
    _check_finite(shown)
    room = max(len(layer.arrays) for layer in shown)

    def draw(figure: Any, theme: Theme) -> None:
        named: dict[str, Any] = {}
        for layer, axes in zip(shown, spread(figure, len(shown), title), strict=True):
            _draw(axes, layer, theme, named)
            axes.set_xlabel(_x_ticks(axes, of, 4 if small else 5), fontsize=10 if small else 11)
            axes.set_ylabel("share in a bin (%)", fontsize=10 if small else 11)
            if small:
                axes.tick_params(labelsize=9)
                axes.locator_params(axis="y", nbins=5)
            notes = [_said(part, array) for part, array in layer.arrays.items()]
            head(axes, _called(layer), notes, room, small)
        figure.legend(
            list(named.values()), list(named), loc="outside lower center", ncols=3, handlelength=3.2
        )

    width, height = size_of(len(shown))
    return Picture(draw, (width, height + 0.5 + 0.15 * (room - 2)))


def _draw(axes: Any, layer: Layer, theme: Theme, named: dict[str, Any]) -> None:
    """The first array, the weights, as bars; of the others, which are short, each number as a tick below."""
    (first, array), *others = layer.arrays.items()
    found = bars(array)
    named[_kind(first)] = axes.stairs(
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
        (named[f"{_kind(part)}, a tick each"],) = axes.plot(
            numbers.ravel(), np.full(numbers.size, -step * top * (row - 0.4)), linestyle="", marker="|",
            markersize=9, color=colour, alpha=0.7,
        )  # fmt: skip
    axes.axhline(0, color=theme.ink, linewidth=0.8)
    low, high = (
        f([f(numbers) for numbers in (found.edges, *(n for _, n in others))]) for f in (np.min, np.max)
    )
    axes.set_xlim(low - 0.02 * (high - low), high + 0.02 * (high - low))
    axes.set_ylim(-step * top * len(others) - 0.02 * top, 1.08 * top)


def _x_ticks(axes: Any, of: str, most: int) -> str:
    """Ticks at a few round numbers, whose power of ten stands in the axis' name; that name."""
    low, high = axes.get_xlim()
    power = exponent(max(abs(low), abs(high)))
    power = 0 if -3 <= power < 4 else power
    unit = 10.0**power
    found = linear(of, [low / unit, high / unit], most)
    ticks = [(unit * value, label) for value, label in found.ticks if low <= unit * value <= high]
    axes.set_xticks([value for value, _ in ticks], [label for _, label in ticks])
    axes.set_xlim(low, high)
    return f"{of} ({ten(power)})" if power else of


def _called(layer: Layer) -> str:
    """The layer's name, and of a matrix what it leads from and to."""
    shape = next(iter(layer.arrays.values())).shape
    return f"{short(layer.name)} · {shape[1]} → {shape[0]}" if len(shape) == 2 else short(layer.name)


def _kind(part: str) -> str:
    """`weight` of weight_ih_l0, for the legend of all layers."""
    return next((kind for kind in ("weight", "bias") if part.startswith(kind)), part)


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

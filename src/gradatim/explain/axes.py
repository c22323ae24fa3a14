"""Axes: where they begin and end, and at which round numbers their ticks stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from gradatim.explain.number_format import count, exponent, scientific

SMALLEST = 1e-300  # below it, a float has lost its digits: it is drawn as 0
LARGEST = 4e307  # beyond it, a span has no number: it is drawn at the edge
DECADES = 2  # a loss that spans more of them is drawn on a logarithmic axis


@dataclass(frozen=True)
class Axis:
    """A named axis from `low` to `high`, with a label at each tick."""

    name: str
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]  # value, label
    log: bool = False

    def place(self, value: float) -> float:
        """How far along the axis a value stands: 0 at the low end, 1 at the high end."""
        low, high, value = self.low, self.high, min(max(value, -LARGEST), LARGEST)
        if self.log:
            low, high, value = log10(low), log10(high), log10(value)
        return (value - low) / (high - low)


def round_step(span: float, most: int) -> float:
    """The smallest of 1, 2, 5 times a power of ten that cuts a span into at most so many parts.

    >>> round_step(1.0, 5), round_step(7, 5), round_step(0.0041, 5)
    (0.2, 2.0, 0.001)
    """
    power = exponent(span / most)
    steps = [float(f"{digit}e{power}") for digit in (1, 2, 5, 10)]
    return next(step for step in steps if span / step <= most * (1 + 1e-9))


def linear(name: str, values: Sequence[float], most: int = 5, highest: float | None = None) -> Axis:
    """An axis around the values, from tick to tick; it begins at 0 if that costs less than half of it."""
    values = [min(max(value, -LARGEST), LARGEST) if abs(value) >= SMALLEST else 0.0 for value in values]
    low, high = _spread(min(values), max(values))
    if 0 <= low < high / 2:
        low = 0.0
    if highest is not None:
        high = min(high, highest)
    step = round_step(high - low, most)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = [float(f"{k * step:.12g}") for k in range(first, last + 1)]
    scale = max(abs(tick) for tick in ticks)
    return Axis(name, ticks[0], ticks[-1], tuple((tick, _label(tick, step, scale)) for tick in ticks))


def logarithmic(name: str, values: Sequence[float]) -> Axis:
    """An axis between ticks at 1, 2, 5 times powers of ten; at powers of ten alone where there are many."""
    low, high = exponent(min(values)), exponent(max(values)) + 1
    stride = ceil((high - low) / 6)
    digits = (1, 2, 5) if high - low <= 4 else (1,)
    ticks = [float(f"{d}e{power}") for power in range(low, high + stride, stride) for d in digits]
    first = max(i for i, tick in enumerate(ticks) if tick <= min(values))
    last = min(i for i, tick in enumerate(ticks) if tick >= max(values))
    ticks = ticks[first : last + 1]
    labels = tuple((tick, _label(tick, tick, tick)) for tick in ticks)
    return Axis(f"{name} (logarithmic scale)", ticks[0], ticks[-1], labels, log=True)


def of_losses(name: str, values: Sequence[float]) -> Axis:
    """Logarithmic if all values are above 0 and they span more than two decades, otherwise linear."""
    low, high = min(values), max(values)
    return logarithmic(name, values) if SMALLEST <= low < high / 10**DECADES else linear(name, values)


def of_epochs(first: int, last: int, most: int = 7) -> Axis:
    """From the first epoch to the last, with a tick at round epochs."""
    if first == last:
        return Axis("epoch", first - 0.5, last + 0.5, ((first, str(first)),))
    step = max(1, int(round_step(last - first, most)))
    ticks = [epoch for epoch in range(0, last + 1, step) if epoch >= first]
    return Axis("epoch", first, last, tuple((tick, str(tick)) for tick in ticks))


def _spread(low: float, high: float) -> tuple[float, float]:
    """A little room around values that hardly differ."""
    size = max(abs(low), abs(high))
    if high - low > 1e-6 * size:
        return low, high
    return (low - 0.1 * size, high + 0.1 * size) if size else (0.0, 1.0)


def _label(tick: float, step: float, scale: float) -> str:
    """As many digits as the step needs; thousands and millions by their letters, and a power of ten where the
    scale is larger still or very small.

    >>> _label(20_000, 1e4, 4e4), _label(600_000, 2e5, 8e5), _label(1.5e6, 5e5, 2e6), _label(2e9, 1e9, 4e9)
    ('20,000', '600k', '1.5M', '2·10⁹')
    """
    power, finest = exponent(scale), exponent(step)
    if tick == 0:
        return "0"
    if 5 <= power < 9:
        unit, letter = (1e3, "k") if power == 5 else (1e6, "M")
        return f"{tick / unit:.{max(0, exponent(unit) - finest)}f}{letter}".replace("-", "−")
    if -4 <= power < 5:
        return (f"{tick:.{-finest}f}" if finest < 0 else count(tick)).replace("-", "−")
    return scientific(tick, power, max(0, power - finest)).replace("-", "−")

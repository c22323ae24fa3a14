"""A step length along a direction: strong Wolfe conditions, in plain numbers."""

from collections.abc import Callable
from math import isfinite, nan
from typing import Any, NamedTuple

C1, C2 = 1e-4, 0.9  # Nocedal & Wright's for quasi-Newton directions


class Trial(NamedTuple):
    """The point x + ad: φ(a) = f(x + ad), its slope φ′(a) = dᵀ∇f, and ∇f itself."""

    a: float
    f: float
    slope: float
    g: Any


def strong_wolfe(phi: Callable[[float], Trial], start: Trial, a: float, *, most: int = 25) -> Trial:
    """A step that is long enough and not too long: Nocedal & Wright 2006, Algorithms 3.5 and 3.6.

        φ(a) ≤ φ(0) + c₁ a φ′(0),   |φ′(a)| ≤ c₂ |φ′(0)|,   c₁ = 1e-4, c₂ = 0.9

    `start` is the trial at 0, whose slope is negative; `a` is tried first. Of `most` trials that all fail, as
    rounding makes them near a minimum, the lowest comes back, be it the start.
    """
    last = start
    for i in range(most):
        new = phi(a)
        if not _decreases(new, start) or (i > 0 and new.f >= last.f):
            return _zoom(phi, start, last, new, most - i - 1)
        if abs(new.slope) <= -C2 * start.slope:
            return new
        if new.slope >= 0:
            return _zoom(phi, start, new, last, most - i - 1)
        a, last = _clip(_cubic(last, new), 1.1 * a, 10 * a), new
    return last


def _zoom(phi: Callable[[float], Trial], start: Trial, low: Trial, high: Trial, most: int) -> Trial:
    """Algorithm 3.6: between `low`, the lowest so far, and `high` there is a step that serves."""
    for _ in range(most):
        left, right = sorted((low.a, high.a))
        edge = 0.1 * (right - left)
        new = phi(_clip(_cubic(low, high), left + edge, right - edge))
        if not _decreases(new, start) or new.f >= low.f:
            high = new
            continue
        if abs(new.slope) <= -C2 * start.slope:
            return new
        if new.slope * (high.a - low.a) >= 0:
            high = low
        low = new
    return low


def _decreases(new: Trial, start: Trial) -> bool:
    """Whether the first condition holds, and the numbers are numbers."""
    return isfinite(new.f) and isfinite(new.slope) and new.f <= start.f + C1 * new.a * start.slope


def _cubic(x: Trial, y: Trial) -> float:
    """The minimum of the cubic through two values and slopes (equation 3.59); nan where there is none."""
    if x.a == y.a:  # rounding has left nothing between them
        return nan
    d1 = x.slope + y.slope - 3 * (x.f - y.f) / (x.a - y.a)
    square = d1 * d1 - x.slope * y.slope
    if not square >= 0:
        return nan
    d2 = square**0.5 if y.a > x.a else -(square**0.5)
    below = y.slope - x.slope + 2 * d2
    return y.a - (y.a - x.a) * (y.slope + d2 - d1) / below if below else nan


def _clip(a: float, left: float, right: float) -> float:
    """The number inside the bounds; their middle for one that is none."""
    return min(max(a, left), right) if isfinite(a) else (left + right) / 2

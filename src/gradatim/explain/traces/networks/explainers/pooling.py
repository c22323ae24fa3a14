"""Pooling: one number for each window."""

import numpy as np

from gradatim.explain.traces.networks.explainers.explainer import Explainer, map_table
from gradatim.explain.traces.networks.view import View
from gradatim.explain.traces.record import Beside, Line, Part
from gradatim.explain.traces.sums_as_text import number

TERMS = 9


class Pooling(Explainer):
    """h[m] is the largest of window m, its mean, or its sum; backwards what they say of its numbers."""

    word = "map"

    def __init__(self, how: str):
        back = {
            "max": "∂L/∂x[i] = Σ_m g[m] where x[i] is the first of the largest in window m",
            "avg": "∂L/∂x[i] = Σ_m g[m] / n over the windows that hold x[i]",
            "sum": "∂L/∂x[i] = Σ_m g[m] over the windows that hold x[i]",
        }
        front = {"max": "h[m] = max_k x[S m + k − P]", "avg": "h[m] = 1/n Σ_k x[S m + k − P]",
                 "sum": "h[m] = Σ_k x[S m + k − P]"}  # fmt: skip
        self.how, self.equations = how, (front[how],)  # type: ignore[misc]
        self.backward_equations = (back[how],)  # type: ignore[misc]

    def whole(self, view: View) -> list[Part]:
        """The maps before and behind, and the first window."""
        pairs = [self._maps(view, n) for n in range(view.count)]
        return [*pairs, *self._first(view, 0)]

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One map: what it read, what it became, and what came back and went to the front."""
        delta, front = view.of_unit(view.delta, n), view.to_front[0, n]
        return [*self.lines(view), self._maps(view, n), *self._first(view, n),
                Line(f"  {self.backward_equations[0]}"),
                Beside([map_table("δ of h", delta), map_table("δ of x", front)])]  # fmt: skip

    def _maps(self, view: View, n: int) -> Beside:
        return Beside([map_table(f"x of channel {n + 1}", view.x[0, n]),
                       map_table(f"{view.block.name}.{n + 1}", view.of_unit(view.z, n))])  # fmt: skip

    def _first(self, view: View, n: int) -> list[Part]:
        """The window of the largest number in words; nothing of one whose windows are not all alike."""
        window = getattr(view.layer, "window", None)
        z = view.of_unit(view.z, n)
        if window is None or np.ndim(z) == 0 or not hasattr(window, "size"):
            return []
        m = tuple(int(i) for i in np.unravel_index(int(np.argmax(z)), z.shape))
        pads = [before for before, _ in window.pads(view.x.shape[2:])]
        x, values = view.x[0, n], []
        for k in np.ndindex(*window.size):
            at = tuple(a * s + d * b - p for a, s, b, d, p in
                       zip(m, window.stride, k, window.dilation, pads, strict=True))  # fmt: skip
            if all(0 <= i < size for i, size in zip(at, x.shape, strict=True)):
                values.append(float(x[at]))
        listed = ", ".join(number(v) for v in values[:TERMS]) + (", …" if len(values) > TERMS else "")
        word = {"max": "max", "avg": "mean", "sum": "sum"}[self.how]
        place = ",".join(str(i + 1) for i in m)
        return [Line(f"  h[{place}] = {word}({listed}) = {number(float(z[m]))}")]

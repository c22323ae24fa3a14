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
        """The window of the largest number in numbers; nothing of a layer that has no windows."""
        z = np.asarray(view.of_unit(view.z, n))
        m = tuple(int(i) for i in np.unravel_index(int(np.argmax(z)), z.shape)) if z.ndim else ()
        values = self.seen(view, n, m)
        if not values:
            return []
        listed = ", ".join(number(v) for v in values[:TERMS]) + (", …" if len(values) > TERMS else "")
        word = {"max": "max", "avg": "mean", "sum": "sum"}[self.how]
        name = f"h[{','.join(str(i + 1) for i in m)}]" if m else f"h of {view.label(n)}"
        return [Line(f"  {name} = {word}({listed}) = {number(float(z[m]))}")]

    def seen(self, view: View, n: int, m: tuple[int, ...]) -> list[float]:
        """The numbers in window m of map n."""
        window = view.layer.window  # type: ignore[attr-defined]
        pads = [before for before, _ in window.pads(view.x.shape[2:])]
        x, values = view.x[0, n], []
        for k in np.ndindex(*window.size):
            at = tuple(a * s + d * b - p for a, s, b, d, p in
                       zip(m, window.stride, k, window.dilation, pads, strict=True))  # fmt: skip
            if all(0 <= i < size for i, size in zip(at, x.shape, strict=True)):
                values.append(float(x[at]))
        return values


class AdaptivePooling(Pooling):
    """h[m] is the mean or the largest of part m, of as many parts as were asked for."""

    def __init__(self, how: str):
        super().__init__(how)
        front = {
            "max": "h[m] = max x[i] over the i in part m",
            "avg": "h[m] = 1/|part m| Σ x[i] over the i in part m",
        }
        back = {"max": "∂L/∂x[i] = Σ_m g[m] where x[i] is the first of the largest in part m",
                "avg": "∂L/∂x[i] = Σ_m g[m] / |part m| over the parts that hold x[i]"}  # fmt: skip
        parts = "part m of M of an axis of n numbers is ⌊(m − 1) n/M⌋ + 1 … ⌈m n/M⌉"
        self.equations = (f"{front[how]}    {parts}",)  # type: ignore[misc]
        self.backward_equations = (back[how],)  # type: ignore[misc]

    def seen(self, view: View, n: int, m: tuple[int, ...]) -> list[float]:
        """The numbers in part m of map n."""
        with view.as_before() as layer:
            ends = [list(one) for one in layer.ends]  # type: ignore[attr-defined]
        part = tuple(slice(*one[i]) for one, i in zip(ends, m, strict=True))
        return [float(v) for v in view.x[0, n][part].ravel()]


class GlobalPooling(Pooling):
    """One number for each channel: the mean of all of it, its sum, or its largest."""

    word = "channel"

    def __init__(self, how: str):
        super().__init__(how)
        front = {"max": "h_c = max_i x_c[i]", "avg": "h_c = 1/n Σ_i x_c[i]    n numbers a channel",
                 "sum": "h_c = Σ_i x_c[i]"}  # fmt: skip
        back = {"max": "∂L/∂x_c[i] = g_c at the first of the largest, otherwise 0",
                "avg": "∂L/∂x_c[i] = g_c / n", "sum": "∂L/∂x_c[i] = g_c"}  # fmt: skip
        self.equations = (front[how],)  # type: ignore[misc]
        self.backward_equations = (back[how],)  # type: ignore[misc]

    def seen(self, view: View, n: int, m: tuple[int, ...]) -> list[float]:
        """All numbers of channel n."""
        return [float(v) for v in view.x[0, n].ravel()]

"""Local response normalisation: a number divided by what its neighbours say."""

import numpy as np

from gradatim.explain.traces.networks.explainers.explainer import Explainer, entry_name, largest, map_table
from gradatim.explain.traces.networks.view import View
from gradatim.explain.traces.record import Beside, Line, Part
from gradatim.explain.traces.sums_as_text import number, short


class LocalResponseNorm(Explainer):
    """z_c = x_c s_c^−β, s_c of the squares of the channels around c, with one place filled in."""

    word = "map"
    equations = ("z_c = x_c s_c^−β    s_c = k + α Σ_j x_j²    over the n channels j around c",)
    backward_equations = ("∂L/∂x_j = g_j s_j^−β − 2 α β x_j Σ_c g_c x_c s_c^(−β−1)    c whose n hold j",)

    def lines(self, view: View) -> list[Part]:
        """The equation, and the layer's constants."""
        layer = view.layer
        constants = ((name, getattr(layer, name)) for name in ("k", "alpha", "beta"))
        letters = {"alpha": "α", "beta": "β"}
        said = [f"{letters.get(name, name)} = {short(value)}" for name, value in constants]
        said.append(f"n = {layer.size}")  # type: ignore[attr-defined]
        return [*super().lines(view), Line(f"  {'    '.join(said)}")]

    def whole(self, view: View) -> list[Part]:
        """The largest number filled in, then all."""
        return [*self._filled(view, largest(view.z)), *super().whole(view)]

    def summary(self, view: View) -> list[Part]:
        """The largest number filled in, and what all are like."""
        return [*self._filled(view, largest(view.z)), *super().summary(view)]

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One channel: what it read, its s, what it became, and its largest number filled in."""
        with view.as_before() as layer:
            s = np.moveaxis(layer.s, -1, 0)[0, n].copy()  # type: ignore[attr-defined]
        own = view.of_unit(view.z, n)
        place = (0, n, *largest(np.asarray(own)))
        named = [("x", view.of_unit(view.x, n)), ("s", s), ("z", own), ("δ", view.of_unit(view.delta, n)),
                 ("δ of x", view.of_unit(view.to_front, n))]  # fmt: skip
        return [*self.lines(view), *self._filled(view, place),
                Beside([map_table(name, one) for name, one in named]),
                Line(f"  {self.backward_equations[0]}")]  # fmt: skip

    def _filled(self, view: View, place: tuple[int, ...]) -> list[Part]:
        """The sum s and z at one place in numbers."""
        layer, c = view.layer, place[1]
        size, k, alpha, beta = (vars(layer)[name] for name in ("size", "k", "alpha", "beta"))
        around = range(max(c - size // 2, 0), min(c + (size - 1) // 2 + 1, view.x.shape[1]))
        values = [float(view.x[(0, j, *place[2:])]) for j in around]
        squares = " + ".join(f"({number(v)})²" if v < 0 else f"{number(v)}²" for v in values)
        s = k + alpha * sum(v * v for v in values)
        x, z = float(view.x[place]), float(view.z[place])
        return [
            Line(
                f"  s of {entry_name(view, place)} = {number(k)} + {short(alpha)}·({squares}) = {short(s, 6)}"
            ),
            Line(f"  z = {number(x)}·{short(s, 6)}^−{number(beta)} = {short(z, 6)}"),
        ]

"""Maxout: every unit the largest of its pieces."""

import numpy as np

from gradatim.explain.traces.networks.explainers.explainer import Explainer, map_table
from gradatim.explain.traces.networks.view import View, digits
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table
from gradatim.explain.traces.sums_as_text import number, short


class Maxout(Explainer):
    """h_j = max of its k pieces, all of them listed."""

    equations = ("h_j = max(x_kj, …, x_kj+k−1)    k pieces a unit",)
    backward_equations = ("∂L/∂x_i = g_j at the largest piece, shared in a tie, 0 at the others",)

    def whole(self, view: View) -> list[Part]:
        """A row a unit: its pieces and which is the largest; of maps the pieces beside each other."""
        if view.x.ndim == 2:
            return [self._pieces(view)]
        return [part for n in range(view.count) for part in self._maps(view, n)]

    def summary(self, view: View) -> list[Part]:
        """What the numbers are like, and the first units."""
        return [*super().summary(view), *([self._pieces(view)] if view.x.ndim == 2 else [])]

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One unit: its pieces, the largest, and the δ that goes back to it alone."""
        back = [Line(f"  {text}") for text in self.backward_equations]
        if view.x.ndim != 2:
            return [*self.lines(view), *self._maps(view, n), *back]
        pieces, front = (np.split(a[0], view.count)[n] for a in (view.x, view.to_front))
        rows: list[list[Cell]] = [
            [i + 1, float(x), float(g)] for i, (x, g) in enumerate(zip(pieces, front, strict=True))
        ]
        listed = ", ".join(number(float(v)) for v in pieces)
        return [
            *self.lines(view), Line(f"  h = max({listed}) = {short(float(view.z[0, n]), 6)}"), *back,
            Table(f"{view.label(n)}: its pieces", ["piece", "x", "δ of x"], rows,
                  [0, digits(pieces), digits(front)]),
        ]  # fmt: skip

    def _pieces(self, view: View) -> Table:
        rows: list[list[Cell]] = []
        for n, pieces in enumerate(np.split(view.x[0], view.count)):
            listed = ", ".join(number(float(v)) for v in pieces)
            rows.append([view.label(n), f"max({listed})", int(pieces.argmax()) + 1, float(view.z[0, n])])
        columns = ["unit", "its pieces", "the largest", "h"]
        return Table(f"Forward, {view.block.name}", columns, rows[:40], [0, 0, 0, digits(view.z)])

    def _maps(self, view: View, n: int) -> list[Part]:
        k, axis = view.layer.pieces, view.layer.dim % view.x.ndim  # type: ignore[attr-defined]
        if axis != 1:
            return [
                Beside([map_table(f"x of {n + 1}", view.x[0, n]), map_table("h", view.of_unit(view.z, n))])
            ]
        named = [(f"piece {i + 1}", view.x[0, n * k + i]) for i in range(k)]
        return [Beside([map_table(name, one) for name, one in [*named, ("h", view.of_unit(view.z, n))]])]

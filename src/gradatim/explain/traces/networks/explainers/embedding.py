"""Embeddings: which column of each table the example picks."""

import numpy as np

from gradatim.explain.traces.networks.explainers.explainer import Explainer, map_table
from gradatim.explain.traces.networks.view import View
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table
from gradatim.explain.traces.sums_as_text import number


class Embedding(Explainer):
    """y = [x_rest; E_1 x_1; …]: x_i is one-hot, so E_i x_i is a column of E_i."""

    equations = ("h = [x_rest; E_1 x_1; …; E_m x_m]",)
    backward_equations = ("∂L/∂E_i = g_i x_iᵀ: only the column that was picked moves    g = ∂L/∂h",)

    def whole(self, view: View) -> list[Part]:
        """The tables, the categories that were picked, and what comes out."""
        own = view.own(view.step.before)
        tables = (
            Beside([map_table(f"E_{i + 1}", value) for i, value in enumerate(own.values())]) if own else None
        )
        return [*([tables] if tables else []), self._picked(view), *super().whole(view)]

    def summary(self, view: View) -> list[Part]:
        """The categories that were picked, and what the outputs are like."""
        return [self._picked(view), *super().summary(view)]

    def _picked(self, view: View) -> Table:
        layer, own = view.layer, view.own(view.step.before)
        names, rows = view.step.setup.names, []
        for i, (start, stop, _) in enumerate(layer.columns):  # type: ignore[attr-defined]
            x = view.x[0, start:stop]
            at = int(np.abs(x).argmax())
            called = names[start + at] if start + at < len(names) else f"x{start + at + 1}"
            values = own[f"weight_{i}"] @ x
            row: list[Cell] = [
                f"E_{i + 1}",
                called,
                at + 1,
                ", ".join(number(float(v), 3) for v in values[:8]),
            ]
            rows.append(row)
        return Table(
            f"{view.block.name}: the columns that were picked", ["table", "input", "column", "E x"], rows
        )

    def parameters(self, view: View, n: int) -> list[Part]:
        """The row of the table that gives output n."""
        layer = view.layer
        at = n - len(layer.rest)  # type: ignore[attr-defined]
        if at < 0:
            return [Line("This number is an input that stands for itself.")]
        for i, (_, _, size) in enumerate(layer.columns):  # type: ignore[attr-defined]
            if at < size:
                key = f"weight_{i}"
                triple = [(name, view.own(a)[key][at]) for name, a in
                          (("E", view.step.before), ("∂L/∂E", view.step.gradients),
                           ("new E", view.step.after))]  # fmt: skip
                return [Beside([map_table(f"{name}_{i + 1}, row {at + 1}", row) for name, row in triple])]
            at -= size
        return []

"""Normalisations: mean, deviation, gain and shift."""

import numpy as np

from gradatim.explain.traces.networks.explainers.explainer import Explainer, map_table
from gradatim.explain.traces.networks.view import View, digits
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table

ROWS = 40  # channels, or rows, whose statistics are listed


class Normalisation(Explainer):
    """z = γ x̂ + β with x̂ = (x − μ)/s, the statistics of each row or channel in a table."""

    word = "feature"
    equations = ("x̂ = (x − μ) / s    s = √(σ² + ε)    z = γ x̂ + β",)
    backward_equations = (
        "∂L/∂γ = Σ g x̂    ∂L/∂β = Σ g    g = ∂L/∂z",
        "∂L/∂x = 1/s (q − mean(q) − x̂ mean(q x̂))    q = γ g    the means are 0 where μ and s are constants",
    )

    def __init__(self, of_batch: bool = False):
        self.of_batch = of_batch

    def whole(self, view: View) -> list[Part]:
        """Statistics, then every number before and behind."""
        return [*self._statistics(view), *super().whole(view)]

    def summary(self, view: View) -> list[Part]:
        """Statistics, and what the numbers are like."""
        return [*self._statistics(view), *super().summary(view)]

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One feature or channel: x, x̂, z and δ."""
        with view.as_before() as layer:
            shape = (-1, *view.z.shape[2:]) if self.of_batch else view.z.shape
            x_hat = vars(layer)["x_hat"].reshape(shape).copy()
        hat = x_hat[n] if self.of_batch else view.of_unit(x_hat, n)
        arrays = [("x", view.of_unit(view.x, n)), ("x̂", hat), ("z", view.of_unit(view.z, n)),
                  ("δ", view.of_unit(view.delta, n))]  # fmt: skip
        head = [*self.lines(view), *[Line(f"  {text}") for text in self.backward_equations]]
        if all(np.size(a) == 1 for _, a in arrays):
            row: list[Cell] = [float(np.ravel(a)[0]) for _, a in arrays]
            table = Table(f"{view.label(n)}", [name for name, _ in arrays], [row], digits(row))
            return [*head, table, *self._gains(view, n)]
        return [*head, Beside([map_table(name, a) for name, a in arrays]), *self._gains(view, n)]

    def _gains(self, view: View, n: int) -> list[Part]:
        rows: list[list[Cell]] = []
        before, gradients, after = (
            view.own(a) for a in (view.step.before, view.step.gradients, view.step.after)
        )
        for key, letter in (("weight", "γ"), ("bias", "β")):
            if key in before and before[key].size > n:
                rows.append([letter, *(float(a[key].ravel()[n]) for a in (before, gradients, after))])
        return [Table("Its gain and shift", ["", "value", "∂L/∂", "new"], rows, 5)] if rows else []

    def _statistics(self, view: View) -> list[Part]:
        with view.as_before() as layer:
            s = vars(layer)["s"].astype(np.float64).ravel()
            x_hat = vars(layer)["x_hat"].reshape(len(s), -1).copy()
        flat = view.x.reshape(len(s), -1) if view.x.size == x_hat.size else x_hat
        mean = (flat - x_hat * s[:, None]).mean(1)
        rows: list[list[Cell]] = [
            [n + 1, float(m), float(d)] for n, (m, d) in enumerate(zip(mean, s, strict=True))
        ]
        said = [Line("Of one example there is no batch: μ and σ² are the running ones, which training kept.")]
        columns = ["channel" if self.of_batch else "row", "μ", "s"]
        caption = f"{view.block.name}: what it normalises by" + (
            f", the first {ROWS}" if len(rows) > ROWS else ""
        )
        return [
            *(said if self.of_batch else []),
            Table(caption, columns, rows[:ROWS], [0, digits(mean), digits(s)]),
        ]

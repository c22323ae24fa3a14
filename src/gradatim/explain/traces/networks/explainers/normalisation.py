"""Normalisations: mean, deviation, gain and shift."""

from typing import Any

import numpy as np

from gradatim.explain.traces.networks.explainers.explainer import Explainer, entry_name, largest, map_table
from gradatim.explain.traces.networks.view import View, digits
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table
from gradatim.explain.traces.sums_as_text import number, product_sum, short

TINY = 1e-12  # below which a mean is rounding: of rows that are not centred
ROWS = 40  # channels, or rows, whose statistics are listed


class Normalisation(Explainer):
    """z = γ x̂ + β with x̂ = (x − μ)/s, the statistics of each row or channel in a table."""

    word = "feature"
    equations = ("x̂ = (x − μ) / s    s = √(σ² + ε)    z = γ x̂ + β",)
    backward_equations = (
        "∂L/∂γ = Σ g x̂    ∂L/∂β = Σ g    g = ∂L/∂z",
        "∂L/∂x = 1/s (q − mean(q) − x̂ mean(q x̂))    q = γ g    the means are 0 where μ and s are constants",
    )

    def __init__(self, of_batch: bool = False, row: str = "row"):
        self.of_batch, self.row = of_batch, row  # what it normalises together

    def whole(self, view: View) -> list[Part]:
        """Statistics, one number filled in, then every number before and behind."""
        filled = self._filled(view, largest(view.z))
        return [*self._statistics(view), *filled, *super().whole(view)]

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
        own = np.asarray(view.of_unit(view.z, n))
        place = (0, 0, n) if view.sequence else (0, n, *largest(own))
        head: list[Part] = [*self.lines(view), *self._filled(view, place)]
        head += [Line(f"  {text}") for text in self.backward_equations]
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

    def _filled(self, view: View, place: tuple[int, ...]) -> list[Part]:
        """x̂ and z of one number filled in."""
        if self.of_batch and view.sequence:
            return []
        with view.as_before() as layer:
            hat, s = vars(layer)["x_hat"].copy(), vars(layer)["s"].astype(np.float64)
        s = float((np.zeros_like(hat) + s).reshape(view.z.shape)[place])
        x, x_hat, z = float(view.x[place]), float(hat.reshape(view.z.shape)[place]), float(view.z[place])
        mean = x - x_hat * s
        over = f"({number(x)} {'+' if mean < 0 else '−'} {number(abs(mean))}) / {number(s)}"
        over = over if abs(mean) > TINY else f"{number(x)} / {number(s)}"
        found: list[Part] = [Line(f"  x̂ of {entry_name(view, place)} = {over} = {short(x_hat, 6)}")]
        gain, shift = (self._laid(view, key, place) for key in ("weight", "bias"))
        if gain is None:
            return found
        text = product_sum([(gain, x_hat), *([] if shift is None else [(shift,)])])
        return [*found, Line(f"  z = {text} = {short(z, 6)}")]

    def _laid(self, view: View, key: str, place: tuple[int, ...]) -> float | None:
        """The gain or shift of one number."""
        own: Any = view.own(view.step.before).get(key)
        if own is None:
            return None
        layer: Any = view.layer
        channels = (1, -1, *(1,) * (view.z.ndim - 2))
        shape = channels if self.of_batch else layer.gain_shape(view.z.shape)
        return float(np.broadcast_to(own.reshape(shape), view.z.shape)[place])

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
        columns = [self.row, "μ", "s"]
        caption = f"{view.block.name}: what it normalises by" + (
            f", the first {ROWS}" if len(rows) > ROWS else ""
        )
        return [
            *(said if self.of_batch else []),
            Table(caption, columns, rows[:ROWS], [0, digits(mean), digits(s)]),
        ]

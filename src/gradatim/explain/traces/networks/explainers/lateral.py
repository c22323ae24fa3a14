"""Connections within a layer: the steps in which it settles."""

from gradatim.explain.traces.networks.explainers.explainer import Explainer, map_table
from gradatim.explain.traces.networks.view import View, digits
from gradatim.explain.traces.record import Part, Table


class Lateral(Explainer):
    """h_s = x + V h_{s−1}, every step of it in a table."""

    equations = ("h_0 = x    h_s = x + V h_{s−1}    V_jj = 0",)
    backward_equations = (
        "g_{s−1} = Vᵀ g_s    ∂L/∂V = Σ_s g_s h_{s−1}ᵀ, off the diagonal    ∂L/∂x = Σ_s g_s",
    )

    def whole(self, view: View) -> list[Part]:
        """V, and every unit at every step."""
        return [map_table("V", view.own(view.step.before)["weight"]), self._steps(view)]

    def summary(self, view: View) -> list[Part]:
        """What the numbers are like, and the first units at every step."""
        return [*super().summary(view), self._steps(view)]

    def _steps(self, view: View) -> Table:
        with view.as_before() as layer:
            h = layer.h[:, 0].copy()  # type: ignore[attr-defined]
        shown = h[:, :12]
        columns = ["step", *(str(view.label(n)) for n in range(shown.shape[1]))]
        rows = [[s, *row] for s, row in enumerate(shown.tolist())]
        return Table(f"{view.block.name}: settling", columns, rows, [0, *[digits(h)] * shown.shape[1]])

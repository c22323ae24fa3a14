"""Where branches meet: a sum of outputs, their channels side by side, a shortcut's padding."""

from gradatim.explain.traces.networks.blocks import read_by
from gradatim.explain.traces.networks.explainers.explainer import (
    Explainer,
    activation_lines,
    entry_name,
    largest,
    map_table,
)
from gradatim.explain.traces.networks.view import View
from gradatim.explain.traces.record import Beside, Line, Part
from gradatim.explain.traces.sums_as_text import number, short


class Sum(Explainer):
    """z = Σ_k x_k; the gradient goes back along every branch as it is."""

    backward_equations = ("∂L/∂x_k = δ for every x_k: a sum sends the same δ along each of its branches",)

    def lines(self, view: View) -> list[Part]:
        """The sum by the names of what it reads, and one place of it in numbers."""
        names, reads, z = names_of(view), view.step.read_by(view.block), view.z
        place = largest(z)
        terms = " + ".join(_bracketed(float(x[place])) for x in reads)
        g, h = view.activation, float(view.h[place])
        found: list[Part] = [Line(f"  z = {' + '.join(names)}")]
        found += activation_lines(view)
        found.append(Line(f"  z of {entry_name(view, place)} = {terms} = {short(float(z[place]), 6)}"))
        return [*found, *([Line(f"  h = {g}({number(float(z[place]))}) = {short(h, 6)}")] if g else [])]

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One unit or map: what each branch brought, the sum, and what comes back."""
        reads = zip(names_of(view), view.step.read_by(view.block), strict=True)
        brought = [(name, view.of_unit(x, n)) for name, x in reads]
        named = [*brought, ("z", view.of_unit(view.z, n))]
        named += [("h", view.of_unit(view.h, n))] if view.block.activations else []
        tables = [map_table(name, value) for name, value in [*named, ("δ", view.of_unit(view.delta, n))]]
        return [*self.lines(view), Beside(tables), Line(f"  {self.backward_equations[0]}")]


class Concat(Explainer):
    """The channels of all branches, one behind the other."""

    word = "map"
    backward_equations = ("∂L/∂x_k = the channels of δ that are x_k's",)

    def lines(self, view: View) -> list[Part]:
        """Whose channels are which."""
        names, at, parts = names_of(view), 1, []
        for name, x in zip(names, view.step.read_by(view.block), strict=True):
            last = at + x.shape[1] - 1
            parts.append(f"{name} as {at} … {last}" if last > at else f"{name} as {at}")
            at = last + 1
        return [
            Line(f"  h = [{', '.join(names)}]    along the channels"),
            Line(f"Channels are {', '.join(parts)}."),
        ]


class ShortcutPadding(Explainer):
    """Every second pixel, and channels of zeros behind."""

    word = "map"
    equations = ("h_c[m] = x_c[S m] for the channels of x, 0 for those behind them    no parameter",)
    backward_equations = ("∂L/∂x_c[S m] = δ_c[m], 0 at the pixels that were left out",)


def names_of(view: View) -> list[str]:
    """The names of what a block reads."""
    return read_by(view.step.setup.network, view.block, view.step.blocks)


def _bracketed(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)

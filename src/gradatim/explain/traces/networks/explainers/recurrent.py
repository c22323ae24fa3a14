"""Recurrent cells, step by step: every gate of every unit, forward and back through time."""

from typing import Any, ClassVar

import numpy as np

from gradatim.by_hand.layers.recurrent import Recurrent as Layer
from gradatim.explain.traces.networks.explainers.explainer import Explainer, map_table
from gradatim.explain.traces.networks.explainers.steps import is_step, step_number
from gradatim.explain.traces.networks.view import View, digits
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table
from gradatim.explain.traces.sums_as_text import product_sum, short

GATES: dict[str, tuple[str, ...]] = {  # the parts of a, in the order in which they stand
    "lstm": ("i", "f", "C̃", "o"), "coupled_lstm": ("f", "C̃", "o"), "gru": ("r", "z", "n"), "rnn": ("h",),
    "jordan": ("h",),
}  # fmt: skip
TERMS = 5
STEPS = 200  # in a table


class Recurrent(Explainer):
    """The cell's equations, and a row a step: gates, memory, output, and ∂L/∂a of each gate."""

    word = "unit"
    steps = True  # which can be opened, too
    forms: ClassVar[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
        "rnn": (("h_t = g(a_t)    a_t = W x_t + U h_{t−1} + b",),
                ("∂L/∂a_t = ∂L/∂h_t ⊙ g′(a_t)    ∂L/∂h_{t−1} = Uᵀ ∂L/∂a_t    ∂L/∂U = Σ_t ∂L/∂a_t h_{t−1}ᵀ",)),
        "jordan": (("h_t = g(W x_t + U y_{t−1} + b)    y_t = V h_t + c",),
                   ("∂L/∂a_t = Vᵀ ∂L/∂y_t ⊙ g′(a_t)    ∂L/∂y_{t−1} = Uᵀ ∂L/∂a_t",)),
        "lstm": (("i, f, o = σ(W x_t + U h_{t−1} + b)    C̃ = tanh(W x_t + U h_{t−1} + b)",
                  "C_t = f ⊙ C_{t−1} + i ⊙ C̃    h_t = o ⊙ tanh(C_t)"),
                 ("∂L/∂C_t = ∂L/∂h_t ⊙ o ⊙ (1 − tanh²C_t) + what step t+1 hands back",
                  "∂L/∂a_o = ∂L/∂h_t tanh(C_t) o(1 − o)    ∂L/∂a_C̃ = ∂L/∂C_t i (1 − C̃²)",
                  "∂L/∂a_i = ∂L/∂C_t C̃ i(1 − i)    ∂L/∂a_f = ∂L/∂C_t C_{t−1} f(1 − f)")),
        "coupled_lstm": (("C_t = f ⊙ C_{t−1} + (1 − f) ⊙ C̃    h_t = o ⊙ tanh(C_t)",), ()),
        "gru": (("r, z = σ(W x_t + U h_{t−1} + b)    n = tanh(W x_t + b + r ⊙ (U h_{t−1} + b_hn))",
                 "h_t = (1 − z) ⊙ n + z ⊙ h_{t−1}"),
                ("∂L/∂a_n = ∂L/∂h_t (1 − z)(1 − n²)    ∂L/∂a_z = ∂L/∂h_t (h_{t−1} − n) z(1 − z)",)),
        "gru before": (("r, z = σ(W x_t + U h_{t−1} + b)    n = tanh(W x_t + U (r ⊙ h_{t−1}) + b)",
                        "h_t = (1 − z) ⊙ h_{t−1} + z ⊙ n"),
                       ("∂L/∂a_n = ∂L/∂h_t z (1 − n²)    ∂L/∂a_z = ∂L/∂h_t (n − h_{t−1}) z(1 − z)",)),
    }  # fmt: skip

    def lines(self, view: View) -> list[Part]:
        """The cell's equations."""
        found: list[Part] = [Line(f"  {text}") for text in self.forms[_form(view)][0]]
        return found

    def whole(self, view: View) -> list[Part]:
        """Every unit, every step."""
        cell = _cell(view)
        tables = [self._steps(view, cell, n) for n in range(view.count)]
        return [*self._first_sum(view, cell, 0, 0), *tables]

    def backward(self, view: View, whole: bool) -> list[Part]:
        """∂L/∂h_t and ∂L/∂a_t of every unit, the last step first."""
        lines = self.formulas_back(view)
        if not whole:
            return [*lines, *super().backward(view, whole), self.norms_back(view)]
        cell = _cell(view)
        return [*lines, *(self._back(view, cell, n) for n in range(view.count))]

    def formulas_back(self, view: View) -> list[Part]:
        """How the gradient goes back through the cell."""
        return [Line(f"  {text}") for text in self.forms[_form(view)][1]]

    def norms_back(self, view: View) -> Table:
        """How large the gradient is at each step, the last one first."""
        cell = _cell(view)
        rows: list[list[Cell]] = [
            [view.time(t), *(float(np.linalg.norm(cell[name][t])) for name in ("h_t", "dh", "da"))]
            for t in range(len(view.z) - 1, -1, -1)
        ]
        places = [digits([row[k] for row in rows]) for k in (1, 2, 3)]
        return Table(f"{view.block.name}: back through time{view.direction}",
                     ["t", "‖h_t‖", "‖∂L/∂h_t‖", "‖∂L/∂a_t‖"], rows[:STEPS], [0, *places])  # fmt: skip

    def opened_at(self, view: View, tail: list[str]) -> list[Part]:
        """t2 is step 2 of all units; 3 is unit 3 at all steps, 3.2 at step 2."""
        if is_step(tail[0]):
            return self.at_step(view, step_number(view, tail[0][1:]))
        return super().opened_at(view, tail)

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One unit at every step: gates, memory and output, what comes back, its weights."""
        cell, t = _cell(view), read_as(view, step_number(view, rest[0])) if rest else 0
        return [*self.lines(view), *self._first_sum(view, cell, n, t), self._steps(view, cell, n),
                self._back(view, cell, n), *self._weights(view, n)]  # fmt: skip

    def at_step(self, view: View, place: int) -> list[Part]:
        """All units at the step that is number `place`, from 0, of the sequence."""
        cell, names, t = _cell(view), GATES[view.block.kind], read_as(view, place)
        rows: list[list[Cell]] = []
        for n in range(min(view.count, 40)):
            gates = (
                [float(cell["gates"][t, k, n]) for k in range(len(names))]
                if cell["gates"] is not None
                else []
            )
            memory = [float(cell["C"][t, n]), float(cell["C"][t + 1, n])] if cell["C"] is not None else []
            rows.append([view.label(n), *gates, *memory, float(view.z[t, 0, n]), float(cell["dh"][t, n])])
        columns = [
            "unit",
            *_named(names),
            *(["C before", "C"] if cell["C"] is not None else []),
            "h",
            "∂L/∂h_t",
        ]
        if cell["gates"] is None:
            columns = ["unit", *columns[1 + len(_named(names)) :]]
        wide = [0, *[4] * (len(columns) - 2), digits(cell["dh"][t])]
        caption = f"at step {place + 1}{view.reads(place)}"
        return [*self.lines(view), map_table(f"x {caption}", view.x[t, 0]),
                Table(f"{view.block.name} {caption}{view.direction}", columns, rows, wide)]  # fmt: skip

    def _steps(self, view: View, cell: dict[str, Any], n: int) -> Table:
        names, gates, C = GATES[view.block.kind], cell["gates"], cell["C"]
        columns = ["t", *(_named(names) if gates is not None else []), *(["C"] if C is not None else []), "h"]
        rows: list[list[Cell]] = [
            [view.time(t),
             *([float(gates[t, k, n]) for k in range(gates.shape[1])] if gates is not None else []),
             *([float(C[t + 1, n])] if C is not None else []), float(view.z[t, 0, n])]
            for t in range(len(view.z))
        ]  # fmt: skip
        return Table(f"{view.label(n)}, step by step{view.direction}", columns, rows)

    def _back(self, view: View, cell: dict[str, Any], n: int) -> Table:
        names, da = _named_a(GATES[view.block.kind]), cell["da"]
        rows: list[list[Cell]] = [
            [
                view.time(t),
                float(cell["dh"][t, n]),
                *(float(da[t, k, n]) for k in range(da.shape[1]) if n < da.shape[2]),
            ]
            for t in range(len(view.z) - 1, -1, -1)
        ]
        width = len(rows[0]) if rows else 2
        columns = ["t", "∂L/∂h", *names][:width]
        return Table(f"{view.label(n)}, back through time{view.direction}", columns, rows,
                     [0, digits(cell["dh"][:, n]), *[digits(da)] * (width - 2)])  # fmt: skip

    def _first_sum(self, view: View, cell: dict[str, Any], n: int, t: int) -> list[Part]:
        """One gate's sum in numbers."""
        own = view.own(view.step.before)
        names = GATES[view.block.kind]
        if view.block.kind == "jordan":
            return []
        W, U = own["weight_ih_l0"][n], own["weight_hh_l0"][n]
        terms = [(float(w), float(x)) for w, x in zip(W, view.x[t, 0], strict=True)]
        if _form(view) != "gru before":
            terms += [(float(u), float(h)) for u, h in zip(U, cell["h"][t], strict=True)]
        last = [(float(own["bias_l0"][n]),)] if "bias_l0" in own else []
        more = f" + … ({len(terms) - TERMS} more)" if len(terms) > TERMS else ""
        shown = sorted(terms, key=lambda one: -abs(one[0] * one[1]))[:TERMS] if more else terms
        gate = f"a_{names[0]}" if len(names) > 1 else "a"
        text = f"{product_sum([*shown, *last])}{more} = {short(float(cell['a'][t, n]), 6)}"
        return [Line(f"  {gate} of {view.label(n)} at t = {view.time(t)}: {text}")]

    def _weights(self, view: View, n: int) -> list[Part]:
        """The rows of W, U and b that belong to a unit, a gate a row."""
        found: list[Part] = []
        H, names = view.count, GATES[view.block.kind]
        for key, value in view.own(view.step.before).items():
            if len(value) != H * len(names):
                continue
            rows = [k * H + n for k in range(len(names))]
            found.append(Beside([
                map_table(f"{label}{key}, {', '.join(names)}", view.own(a)[key][rows].reshape(len(rows), -1))
                for label, a in (("", view.step.before), ("∂L/∂ ", view.step.gradients),
                                 ("new ", view.step.after))
            ]))  # fmt: skip
        return found


def read_as(view: View, place: int) -> int:
    """When the step at this place is read: the last one first, where a cell reads backwards."""
    return place if view.time(0) == 1 else len(view.z) - 1 - place


def _named(names: tuple[str, ...]) -> list[str]:
    return [] if names == ("h",) else list(names)


def _named_a(names: tuple[str, ...]) -> list[str]:
    return ["∂L/∂a"] if names == ("h",) else [f"∂L/∂a_{name}" for name in names]


def _form(view: View) -> str:
    return "gru before" if type(view.layer).__name__ == "GRUBefore" else view.block.kind


def _cell(view: View) -> dict[str, Any]:
    """Gates (T, gates, H), memory and output (T + 1, H), ∂L/∂a, ∂L/∂h and the sums a, of the first pass."""
    with view.as_before() as layer:
        assert isinstance(layer, Layer)
        kind = view.block.kind
        count = len(GATES[kind])
        steps = len(layer.a)
        gates = None if kind in ("rnn", "jordan") else layer.a[:, 0].reshape(steps, count, -1).copy()
        C = layer.C[:, 0].copy() if hasattr(layer, "C") else None
        da = layer.da[:, 0].reshape(steps, count, -1).copy()
        a = layer.a[:, 0].copy() if gates is None else _undone(gates.reshape(steps, -1), GATES[kind])
        return {
            "gates": gates,
            "C": C,
            "h": layer.h[:, 0].copy(),
            "h_t": layer.h[1:, 0].copy(),
            "dh": layer.dh[:, 0].copy(),
            "da": da,
            "a": a,
        }


def _undone(gates: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """The sums a in front of the gates: σ and tanh undone, as the cell writes them over a."""
    H = gates.shape[1] // len(names)
    found = np.empty_like(gates)
    with np.errstate(divide="ignore", invalid="ignore"):
        for k, name in enumerate(names):
            part = gates[:, k * H : (k + 1) * H]
            tanh = name in ("C̃", "n")
            found[:, k * H : (k + 1) * H] = np.arctanh(part) if tanh else np.log(part / (1 - part))
    return found

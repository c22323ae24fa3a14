"""A dense layer: every unit a sum of products."""

import numpy as np

from gradatim.explain.traces.networks.blocks import readers_of
from gradatim.explain.traces.networks.explainers.explainer import Explainer, slope_of
from gradatim.explain.traces.networks.explainers.steps import is_step, step_number
from gradatim.explain.traces.networks.view import View, digits
from gradatim.explain.traces.record import Cell, Line, Part, Table
from gradatim.explain.traces.sums_as_text import number, product_sum, short

TERMS = 6  # of a sum that is written out
STEP_UNITS = 40  # in the table of a step
ROWS = 16  # of the inputs of an opened unit


class Dense(Explainer):
    """z_j = Σ_i w_ji x_i + b_j, with the numbers filled in."""

    equations = ("z_j = Σ_i w_ij x_i + b_j",)
    steps = True  # of a sequence, which can be opened, too

    def whole(self, view: View) -> list[Part]:
        """A row a unit, the sum in numbers; of a sequence the outputs of every step."""
        if view.sequence and view.x.ndim == 3:
            return [_sum_line(view, 0, 0), *super().whole(view)]
        if view.x.ndim != 2:
            return super().whole(view)
        g = view.activation
        columns = ["unit", "z as a sum", "z", *([f"h = {g}(z)"] if g else [])]
        rows: list[list[Cell]] = [
            [view.label(j), sum_text(view, j), float(view.z[0, j]), *([float(view.h[0, j])] if g else [])]
            for j in range(view.count)
        ]
        decimals = [0, 0, digits(view.z), *([digits(view.h)] if g else [])]
        return [Table(f"Forward, {view.block.name}", columns, rows, decimals)]

    def backward(self, view: View, whole: bool) -> list[Part]:
        """δ of every unit as g′ times what comes back."""
        if view.sequence or view.x.ndim != 2 or not whole:
            return super().backward(view, whole)
        lines, column = self._delta_lines(view)
        rows: list[list[Cell]] = [
            [view.label(j), self._delta_text(view, j), float(view.delta[0, j])] for j in range(view.count)
        ]
        table = Table(f"Backward, {view.block.name}", ["unit", column, "δ"], rows, [0, 0, digits(view.delta)])
        return [*lines, table]

    def _delta_lines(self, view: View) -> tuple[list[Part], str]:
        back = f"{view.minus}∂L/∂h_j" if behind(view) is None else "Σ_k w_jk δ_k"
        if not view.block.activations:
            return [Line(f"  δ_j = {back}    here h = z")], "as numbers"
        slope = slope_of(view)
        if "softmax" in view.block.activations or "log_softmax" in view.block.activations:
            return [Line("  δ = Jacobian of the activation, times what comes back")], "as numbers"
        return [Line(f"  δ_j = g′(z_j) · {back}    g′ = {slope}")], "as a product"

    def _delta_text(self, view: View, j: int) -> str:
        back = back_text(view, j)
        if not view.block.activations:
            return back
        if len(view.block.activations) > 1 or "softmax" in view.block.activations[0]:
            return number(float(view.delta[0, j]))
        h, z = float(view.h[0, j]), float(view.z[0, j])
        name = view.block.activations[0]
        slope = {"sigmoid": f"{number(h)}·{number(1 - h)}", "tanh": f"(1 − {number(abs(h))}²)"}.get(name)
        return f"{slope or number(_slope(view, j, z))} · ({back})"

    def opened_at(self, view: View, tail: list[str]) -> list[Part]:
        """Of a sequence t2 is step 2 of all units, 3.2 unit 3 at step 2; otherwise 3 is unit 3."""
        if view.sequence and is_step(tail[0]):
            return self._at_step(view, step_number(view, tail[0][1:]))
        return super().opened_at(view, tail)

    def _at_step(self, view: View, t: int) -> list[Part]:
        """Every unit at one step, its sum in numbers."""
        g = view.activation
        rows: list[list[Cell]] = [
            [view.label(j), sum_text(view, j, t), float(view.z[t, 0, j]),
             *([float(view.h[t, 0, j])] if g else []), float(view.delta[t, 0, j])]
            for j in range(min(view.count, STEP_UNITS))
        ]  # fmt: skip
        columns = ["unit", "z as a sum", "z", *([f"h = {g}(z)"] if g else []), "δ"]
        places = [0, 0, digits(view.z[t]), *([digits(view.h[t])] if g else []), digits(view.delta[t])]
        caption = f"{view.block.name} at step {t + 1}{view.reads(t)}"
        return [*self.lines(view), Table(caption, columns, rows, places)]

    def _over_steps(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One unit at every step; its weights' gradients are sums over the steps."""
        t = step_number(view, rest[0]) if rest else 0
        rows: list[list[Cell]] = [
            [s + 1, float(view.z[s, 0, n]), float(view.h[s, 0, n]), float(view.delta[s, 0, n])]
            for s in range(len(view.z))
        ]
        places = [0, digits(view.z[..., n]), digits(view.h[..., n]), digits(view.delta[..., n])]
        return [
            _sum_line(view, n, t),
            Table(f"{view.label(n)}, step by step", ["step", "z", "h", "δ"], rows, places),
            Line(f"  ∂L/∂w_i = {view.minus}Σ_t δ_t x_ti    ∂L/∂b = {view.minus}Σ_t δ_t"),
            *self.parameters(view, n),
        ]

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One unit: its sum, its δ, and every weight with its gradient and what it becomes."""
        if view.sequence and view.x.ndim == 3:
            return self._over_steps(view, n, rest)
        if view.x.ndim != 2:
            return super().opened(view, n, rest)
        z, h, delta = (float(a[0, n]) for a in (view.z, view.h, view.delta))
        w, x = view.own(view.step.before)["weight"][n], view.x[0]
        own = {name: view.own(arrays) for name, arrays in
               (("g", view.step.gradients), ("new", view.step.after), ("w", view.step.before))}  # fmt: skip
        top = np.argsort(-np.abs(w * x), kind="stable")[:ROWS]
        top = np.sort(top) if len(x) <= ROWS else top
        rows: list[list[Cell]] = [
            [_from(view, int(i)), float(x[i]), float(w[i]), float(w[i] * x[i]),
             float(own["g"]["weight"][n, i]), float(own["new"]["weight"][n, i])]
            for i in top
        ]  # fmt: skip
        left = len(x) - len(top)
        if left:
            rows.append([f"{left:,} others", None, None, float(w @ x - w[top] @ x[top]), None, None])
        if "bias" in own["w"]:
            rows.append(["bias", 1.0, *(float(own[name]["bias"][n]) for name in ("w", "w", "g", "new"))])
        columns = ["from", "x", "w", "w·x", "∂L/∂w", "new w"]
        places = [0, digits(x), digits(w), digits(w * x), digits(own["g"]["weight"][n]), digits(w)]
        g = view.activation
        said: list[Part] = [Line(f"  z = {sum_text(view, n)} = {short(z, 6)}")]
        if g:
            said.append(Line(f"  h = {g}({short(z, 6)}) = {short(h, 6)}"))
        back = self._delta_lines(view)[0]
        return [
            *said, *back, Line(f"  δ = {self._delta_text(view, n)} = {short(delta, 6)}"),
            Line(f"  ∂L/∂w_i = {view.minus}δ x_i    ∂L/∂b = {view.minus}δ"),
            Table(f"{view.block.name}.{n + 1}: its inputs, the largest products first"
                  if left else f"{view.block.name}.{n + 1}: its inputs", columns, rows, places),
        ]  # fmt: skip


def _sum_line(view: View, n: int, t: int) -> Line:
    """One unit's sum at one step in numbers."""
    z = short(float(view.z[t, 0, n]), 6)
    return Line(f"  z of {view.label(n)} at step {t + 1}{view.reads(t)}: {sum_text(view, n, t)} = {z}")


def _slope(view: View, j: int, z: float) -> float:
    """g′(z_j), of elementwise activations."""
    layer = view.step.setup.network.layers[view.block.start + 1]
    if hasattr(layer, "curves"):
        return float(layer.curves(np.array([z]))[1][0])
    back = view.back[0, j]
    return float(view.delta[0, j] / back) if back else 0.0


def behind(view: View) -> "View | None":
    """The dense block that alone reads this one's units, if there is one."""
    found = readers_of(view.step.setup.network, view.block, view.step.blocks)
    if len(found) != 1 or found[0].kind not in ("dense", "masked_dense"):
        return None
    return View(view.step, found[0], view.names)


def back_text(view: View, j: int) -> str:
    """What comes back to unit j: a sum over the units behind, or ∂L/∂h as a number."""
    other = behind(view)
    if other is None or other.sequence or other.x.ndim != 2:
        return short(float(view.back[0, j]))
    w = other.own(other.step.before)["weight"][:, j]
    return _sum([(float(w[k]), float(other.delta[0, k])) for k in range(len(w))])


def sum_text(view: View, j: int, t: int = 0) -> str:
    """The sum of unit j in numbers, of a sequence at step t, from 0; of many terms the largest."""
    own = view.own(view.step.before)
    x = view.x[t, 0] if view.sequence else view.x[0]
    terms = [(float(w), float(v)) for w, v in zip(own["weight"][j], x, strict=True)]
    if "bias" not in own:
        return _sum(terms)
    return _sum(terms, (float(own["bias"][j]),))


def _sum(terms: list[tuple[float, float]], last: tuple[float, ...] = ()) -> str:
    if len(terms) <= TERMS:
        return product_sum([*terms, last] if last else terms)
    top = sorted(range(len(terms)), key=lambda i: -abs(terms[i][0] * terms[i][1]))[: TERMS - 2]
    shown = [terms[i] for i in top]
    return product_sum([*shown, last] if last else shown) + f" + … ({len(terms) - len(shown):,} more)"


def _from(view: View, i: int) -> str:
    """The name of input i of a block."""
    front = view.names.inputs_of(view.block)
    names = view.step.setup.names
    if view.block.start == 0 or all(
        one.kind == "flatten" for one in view.step.blocks[: view.step.blocks.index(view.block)]
    ):
        return names[i] if i < len(names) else f"x{i + 1}"
    return f"unit {front[i]}" if front is not None else f"{i + 1}"

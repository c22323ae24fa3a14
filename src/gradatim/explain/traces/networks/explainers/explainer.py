"""What every explainer gives; as it stands here, for a layer that has none of its own."""

from typing import ClassVar

import numpy as np

from gradatim import catalog
from gradatim.checks import UsageError
from gradatim.explain.traces.networks.view import SLOPES, View, digits
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, matrix
from gradatim.explain.traces.sums_as_text import short

SIDE = 32  # numbers along a side of a map that is shown whole
FORMULAS = {  # of activations
    "sigmoid": "σ(z) = 1/(1 + e^−z)", "tanh": "tanh(z) = (e^z − e^−z) / (e^z + e^−z)",
    "relu": "relu(z) = max(0, z)", "softplus": "softplus(z) = log(1 + e^z)", "silu": "silu(z) = z σ(z)",
    "softmax": "h_k = e^{z_k} / Σ_j e^{z_j}", "log_softmax": "h_k = z_k − log Σ_j e^{z_j}",
    "softsign": "softsign(z) = z / (1 + |z|)", "gelu": "gelu(z) = z Φ(z)", "identity": "h = z",
    "scaled_tanh": "g(z) = 1.7159 tanh(⅔ z)", "rbf": "h_i = −Σ_j (x_j − c_ij)²",
    "subsampling": "z_c[m] = w_c s_c[m] + b_c    s the sum over 2 × 2 neighbours",
    "table_conv": "z_o[m] = b_o + Σ_c Σ_k W_oc[k] x_c[m + k]    c the maps that o reads",
}  # fmt: skip
LARGEST = 3  # entries that are named


class Explainer:
    """A block's forward pass, its δ, and one of its units opened. Subclasses know their layer's arithmetic.

    `whole` says whether every number of a block is to be shown, or what they are like.
    """

    word: ClassVar[str] = "unit"
    equations: ClassVar[tuple[str, ...]] = ()  # forward, in the letters x, z, h
    backward_equations: ClassVar[tuple[str, ...]] = ()

    def lines(self, view: View) -> list[Part]:
        """The block's equations, as lines; from the catalogue where the explainer has none."""
        found = [Line(f"  {text}") for text in self.equations] or _of_catalogue(view.block.kind)
        return [*found, *activation_lines(view)]

    def forward(self, view: View, whole: bool) -> list[Part]:
        """Equations and numbers of the forward pass."""
        return [*self.lines(view), *(self.whole(view) if whole else self.summary(view))]

    def whole(self, view: View) -> list[Part]:
        """Every number of the forward pass."""
        return values_of(view, view.h, "h")

    def summary(self, view: View) -> list[Part]:
        """What the numbers of the forward pass are like."""
        return [summary_table(f"{view.block.name}: its numbers", view, {"z": view.z, "h": view.h})]

    def backward(self, view: View, whole: bool) -> list[Part]:
        """δ of the block's units."""
        lines = [Line(f"  {text}") for text in self.backward_equations]
        if not whole:
            return [*lines, summary_table(f"{view.block.name}: δ", view, {"δ": view.delta})]
        return [*lines, *values_of(view, view.delta, "δ")]

    def count(self, view: View) -> int:
        """How many units can be opened."""
        return view.count

    def opened(self, view: View, n: int, rest: list[str]) -> list[Part]:
        """One unit: its numbers, its parameters and their gradients."""
        z, h, delta = (view.of_unit(a, n) for a in (view.z, view.h, view.delta))
        parts: list[Part] = [*self.lines(view)]
        if np.ndim(h) == 0:
            rows: list[list[Cell]] = [["z", float(z)], ["h", float(h)], ["δ", float(delta)]]
            parts.append(Table(f"{view.label(n)}", ["number", "value"], rows, digits(z, h, delta)))
        else:
            maps = [("z", z), ("h", h), ("δ", delta)] if view.block.activations else [("h", h), ("δ", delta)]
            parts += [map_table(f"{view.label(n)}: {letter}", values) for letter, values in maps]
        return [*parts, *self.parameters(view, n)]

    def parameters(self, view: View, n: int) -> list[Part]:
        """The unit's share of each parameter, its gradient, and what it becomes."""
        found: list[Part] = []
        gradients, after = view.own(view.step.gradients), view.own(view.step.after)
        for key, value in view.own(view.step.before).items():
            if value.ndim and value.shape[0] == view.count:
                tables = [
                    map_table(f"{name} {key}", array[n])
                    for name, array in (("", value), ("∂L/∂", gradients[key]), ("new", after[key]))
                ]
                found.append(Beside(tables))
        return found

    def opened_at(self, view: View, tail: list[str]) -> list[Part]:
        """What stands behind a block's name: a unit's number, from 1, and what the kind knows more."""
        count = self.count(view)
        if not tail[0].isdigit() or not 1 <= int(tail[0]) <= count:
            raise UsageError(
                f"{view.block.name} has {count:,} {self.word}s, {view.block.name}.1 … "
                f"{view.block.name}.{count}; there is no {view.block.name}.{tail[0]}"
            )
        return self.opened(view, int(tail[0]) - 1, tail[1:])


def activation_lines(view: View) -> list[Part]:
    """The formulas of a block's activations."""
    return [line for name in view.block.activations for line in _of_catalogue(name)]


def slope_of(view: View) -> str:
    """g′ as a formula."""
    return SLOPES.get(view.block.activations[0], "g′(z)") if len(view.block.activations) == 1 else "g′(z)"


def _of_catalogue(kind: str) -> list[Part]:
    """The formula of an activation, or the sentence that the catalogue has of a layer or an activation."""
    if kind in FORMULAS:
        return [Line(f"  {FORMULAS[kind]}")]
    rows = [row for row in catalog.entries() if row.name == kind and row.kind in ("layer", "activation")]
    text = rows[0].sentence if rows else ""
    return [Line(f"{kind}: {text}")] if text else []


def values_of(view: View, values: np.ndarray, letter: str) -> list[Part]:
    """All numbers of an array of outputs: a row a unit, or a map a filter."""
    name = view.block.name
    if view.sequence:
        columns = ["step", *(str(view.label(n)) for n in range(values.shape[-1]))]
        rows = [[t + 1, *row] for t, row in enumerate(values[:, 0].tolist())]
        return [Table(f"{name}: {letter}", columns, rows, digits(values))]
    if values.ndim == 2:
        rows = [[view.names.unit(view.block, n), v] for n, v in enumerate(values[0].tolist())]
        return [Table(f"{name}: {letter}", ["unit", letter], rows, digits(values))]
    return [Beside([map_table(f"{letter} of {name}.{n + 1}", one) for n, one in enumerate(values[0])])]


def map_table(caption: str, values: np.ndarray) -> Table:
    """An array as a matrix: a map as it stands, more axes one below the other, a large one cut."""
    values = np.asarray(values, float)
    if values.ndim < 2:
        flat = np.atleast_1d(values)
        return matrix(caption + _cut(flat.shape), flat[:SIDE], digits(flat))
    flat = values.reshape(-1, values.shape[-1])
    return matrix(caption + _cut(flat.shape), flat[:SIDE, :SIDE], digits(flat))


def _cut(shape: tuple[int, ...]) -> str:
    return "" if all(n <= SIDE for n in shape) else f" ({' × '.join(map(str, shape))}; the first {SIDE})"


def summary_table(caption: str, view: View, arrays: dict[str, np.ndarray]) -> Table:
    """Shape, norm, extremes and the largest entries of arrays of outputs."""
    rows: list[list[Cell]] = []
    for letter, array in arrays.items():
        if letter == "h" and not view.block.activations and "z" in arrays:
            continue
        flat = np.abs(array).ravel()
        top = np.argsort(-flat, kind="stable")[:LARGEST]
        places = (np.unravel_index(i, array.shape) for i in top)
        named = ", ".join(f"{entry_name(view, place)} {short(float(array[place]), 3)}" for place in places)
        shape = array.shape[:1] + array.shape[2:] if view.sequence else array.shape[1:]
        rows.append([letter, " × ".join(map(str, shape)), short(float(np.linalg.norm(array))),
                     short(float(array.min()), 3), short(float(array.max()), 3), named])  # fmt: skip
    return Table(caption, ["", "shape", "norm", "least", "most", "largest entries"], rows)


def entry_name(view: View, place: tuple) -> str:
    """An entry of an array of outputs: its unit, and its place or step."""
    if view.sequence:
        return f"{view.block.name}.{place[-1] + 1} at step {place[0] + 1}"
    unit = f"{view.label(int(place[1]))}" if len(place) > 1 else view.block.name
    where = ",".join(str(i + 1) for i in place[2:])
    return f"{unit}[{where}]" if where else unit


def largest(values: np.ndarray) -> tuple[int, ...]:
    """Where the number that is farthest from 0 stands."""
    return tuple(int(i) for i in np.unravel_index(int(np.abs(values).argmax()), values.shape))

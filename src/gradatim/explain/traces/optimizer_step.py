"""Steps of an optimizer with one parameter, its state and its update at every step."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from gradatim import catalog
from gradatim.catalog.docstring import parts_of
from gradatim.catalog.source_code import source_of
from gradatim.checks import UsageError, known, real
from gradatim.explain.traces.arguments import vector
from gradatim.explain.traces.networks.update_text import LETTERS, equations_of
from gradatim.explain.traces.record import Cell, Line, Table, Trace
from gradatim.explain.traces.sums_as_text import number

if TYPE_CHECKING:
    from gradatim.optim.numpy_updates import Method

SEARCHES = ("muon", "lbfgs")  # they read a matrix, or ask for the loss: not a number alone


def optimizer_step(
    optimizer: str = "adam", w: float = 1, gradients: Sequence[float] = (0.5, -0.25, 1), lr: float = 0.1,
    momentum: float | None = None, beta1: float | None = None, beta2: float | None = None,
    alpha: float | None = None, rho: float | None = None, eps: float | None = None,
    weight_decay: float | None = None,
) -> Trace:  # fmt: skip
    """An optimizer's first steps with one parameter: what it remembers, and how far it goes.

        θ_t = θ_{t−1} − (a step that `optimizer` makes of g_t, what it remembers, and η)

    `w` is θ before the first step, `gradients` are g_1, g_2, …, one a step, and `lr` is η. The other numbers
    are the optimizer's own; without them those of its definition. Its equations stand above the table.

    Raises UsageError for an unknown optimizer, one that does more than read a gradient a number, and a number
    that it has not.
    """
    from gradatim.optim.numpy_updates import METHODS

    row = catalog.find(optimizer, "optimizer")
    if row.name in SEARCHES:
        raise UsageError(
            f"{row.name} does not update number by number; gradatim trace net.json --optimizer {row.name} "
            "shows its step in a network"
        )
    method = METHODS[row.name]
    own = {"momentum": momentum, "beta1": beta1, "beta2": beta2, "alpha": alpha, "rho": rho, "eps": eps,
           "weight_decay": weight_decay}  # fmt: skip
    settings = {**method.settings, "lr": real("lr", lr, above=0)}
    for name, value in own.items():
        if value is not None:
            settings[known(f"number of {row.name}", name, method.settings)] = real(name, value, at_least=0)
    g = vector("gradients", gradients)
    rows, state, last = _steps(method, settings, real("w", w), g)
    filled = [line for text, numbers in equations_of(row.name, len(rows), settings, last) if numbers
              for line in (Line(f"  {text}"), Line(f"      {numbers}"))]  # fmt: skip
    shown = ", ".join(f"{name} = {number(value)}" for name, value in settings.items() if name != "lr")
    equations = parts_of(source_of(row.home).doc).equation.splitlines()
    theta = "θ̃" if row.name == "nesterov" else "θ"  # the point that its gradient is taken at
    changed = [abs(float(line[-1]) - float(line[2])) for line in rows]  # type: ignore[arg-type]
    return Trace(f"Steps of {row.name}", "C1 C2 C3 C4 C5 C6 C7", "", [
        Line(f"One parameter, {theta} = {number(w)} before the first step; η = {number(lr)}"
             + (f", {shown}." if shown else ".") + " Everything that is remembered begins with 0."),
        *(Line(f"  {line.strip()}") for line in equations),
        Table("Steps", ["t", "g", f"{theta} before", *state, f"new {theta}"], rows, 6),
        Line(f"Step {len(rows)} in numbers:"), *filled,
        Line("The lengths of the steps, as multiples of η: "
             + ", ".join(number(size / lr, 3) for size in changed) + "."),
    ])  # fmt: skip


def _steps(
    method: "Method", settings: dict[str, float], w: float, gradients: list[float]
) -> tuple[list[list[Cell]], list[str], dict[str, float]]:
    """A row for each step, the letters of what is remembered, and the numbers of the last step."""
    theta = np.array([w], float)
    state = {name: np.zeros(1) for name in method.state}
    rows: list[list[Cell]] = []
    numbers: dict[str, float] = {}
    for t, g in enumerate(gradients, 1):
        before = theta.item()
        numbers = {f"{name}0": kept.item() for name, kept in state.items()}
        method.text(theta, np.array([g]), t, *state.values(), **settings)
        decay = 1 - settings["lr"] * settings.get("weight_decay", 0)
        numbers |= {"p": before * decay, "g": g, "new": theta.item()}
        numbers |= {name: kept.item() for name, kept in state.items()}
        rows.append([t, g, before, *(kept.item() for kept in state.values()), theta.item()])
    return rows, [LETTERS.get(name, name) for name in state], numbers

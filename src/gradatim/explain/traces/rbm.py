"""One step of contrastive divergence of a small Boltzmann machine, beside the exact gradient."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from gradatim.by_hand.boltzmann_machine import Machine, Step, cd_step, moved
from gradatim.checks import UsageError, real
from gradatim.explain.traces.arguments import grid, vector
from gradatim.explain.traces.record import Beside, Cell, Line, Table, Trace, matrix
from gradatim.explain.traces.sums_as_text import number, product_sum

MOST = 10  # units of both layers, whose every state is gone through


def rbm(
    v: Sequence[float] = (1, 0, 1), w: Sequence[Sequence[float]] = ((0.5, -0.5, 1), (-1, 0.5, 0)),
    b: Sequence[float] = (0, 0.5, -0.5), c: Sequence[float] = (0.5, 0), u: Sequence[float] = (0.4, 0.6),
    u_v: Sequence[float] = (0.7, 0.3, 0.5), lr: float = 0.5,
) -> Trace:  # fmt: skip
    """A step of CD-1 of a machine of 3 visible and 2 hidden units: every probability, state and product.

        P(h_i = 1 | v) = σ(c_i + Σ_j W_ij v_j),   P(v_j = 1 | h) = σ(b_j + Σ_i W_ij h_i)
        h ~ P(h | v),   v′ ~ P(v | h);   a unit is 1 where its random number is below its probability
        W ← W + η (p vᵀ − p′ v′ᵀ),   b ← b + η (v − v′),   c ← c + η (p − p′),   p = P(h = 1 | v), p′ of v′

    The example `v`, the weights `w`, a row for each hidden unit, the biases `b` of the visible and `c` of the
    hidden units; `u` and `u_v` are the random numbers of the hidden and of the visible units; `lr` is η.

    >>> rbm().table("The hidden units, from the example").column("h")
    [1, 0]
    """
    W = np.array(grid("w", w))
    H, V = W.shape
    if H + V > MOST:
        raise UsageError(f"the trace goes through every state of at most {MOST} units; these are {H + V}")
    data = np.array(vector("v", v, V))
    if not np.isin(data, (0, 1)).all():
        raise UsageError(f"the units of v are 0 or 1; they are {', '.join(map(number, data))}")
    machine = Machine(W, np.array(vector("b", b, V)), np.array(vector("c", c, H)))
    numbers = {"hidden 0": _uniform("u", u, H), "visible 0": _uniform("u_v", u_v, V)}
    lr = real("lr", lr, above=0)
    step = cd_step(machine, data[None], 1, lambda name, shape: numbers[name].reshape(shape))
    ((h, p, again),) = step.chain
    after = moved(machine, step, lr)
    exact = exact_gradient(machine, data)
    names = _names(V, H)
    before, gradient, later = (_flat(one) for one in ((W, machine.b, machine.c), _of(step), _parts(after)))
    return Trace("One step of CD-1 of a restricted Boltzmann machine", "F6", "", [
        Line(f"{V} visible units v, {H} hidden units h, weights between the two layers and none inside one."),
        Line("  P(h_i = 1 | v) = σ(c_i + Σ_j W_ij v_j)"),
        Line("  P(v_j = 1 | h) = σ(b_j + Σ_i W_ij h_i)"),
        _layer("The hidden units, from the example", "i", machine.c, W, data, step.h0[0], numbers["hidden 0"],
               h[0], "p", "h"),
        _layer("The visible units, from those", "j", machine.b, W.T, h[0], p[0], numbers["visible 0"],
               again[0], "q", "v′"),
        _layer("The hidden units again", "i", machine.c, W, again[0], step.hk[0], None, None, "p′", ""),
        Line("  ∇W = p vᵀ − p′ v′ᵀ    ∇b = v − v′    ∇c = p − p′"),
        Beside([matrix("p vᵀ", np.outer(step.h0[0], data), 4),
                matrix("p′ v′ᵀ", np.outer(step.hk[0], again[0]), 4),
                matrix("∇W", step.of_W, 4)]),
        Table(f"The step with η = {number(lr)}", ["parameter", "before", "gradient", "after"],
              [list(row) for row in zip(names, before, gradient, later, strict=True)]),
        Line("CD-1 stands for the gradient of log P(v) = −F(v) − log Z. The machine is small enough for it: "
             f"Z is a sum over {2 ** (H + V)} states."),
        Line("  F(v) = −bᵀv − Σ_i log(1 + exp(c_i + Σ_j W_ij v_j))"),
        Table("CD-1 beside the exact gradient", ["parameter", "CD-1", "exact"],
              [list(row) for row in zip(names, gradient, _flat(exact), strict=True)]),
        Table("The example's probability", ["", "F(v)", "log Z", "P(v)"],
              [_probability(words, one, data) for words, one in (("before", machine), ("after", after))]),
    ])  # fmt: skip


def exact_gradient(machine: Machine, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """∂ log P(v)/∂W, ∂b, ∂c: the mean of p vᵀ, v and p in the data less that over every state of v."""
    states = np.array(list(product([0.0, 1.0], repeat=len(v))))
    share = np.exp(-machine.free_energy(states) - _log_z(machine))
    h, of_all = machine.hidden(v[None])[0], machine.hidden(states) * share[:, None]
    return np.outer(h, v) - of_all.T @ states, v - share @ states, h - of_all.sum(0)


def _log_z(machine: Machine) -> float:
    states = np.array(list(product([0.0, 1.0], repeat=len(machine.b))))
    return float(np.logaddexp.reduce(-machine.free_energy(states)))


def _probability(words: str, machine: Machine, v: np.ndarray) -> list[Cell]:
    energy, log_z = float(machine.free_energy(v[None])[0]), _log_z(machine)
    return [words, energy, log_z, float(np.exp(-energy - log_z))]


def _layer(
    caption: str, letter: str, bias: np.ndarray, weights: np.ndarray, below: np.ndarray, p: np.ndarray,
    numbers: np.ndarray | None, states: np.ndarray | None, name: str, state: str,
) -> Table:  # fmt: skip
    """A row for each unit: its sum, its probability, its random number and what it becomes."""
    rows: list[list[Cell]] = []
    for n, row in enumerate(weights):
        terms = [*zip(row.tolist(), below.tolist(), strict=True)]
        total = float(row @ below + bias[n])
        cells: list[Cell] = [n + 1, product_sum([(float(bias[n]),), *terms]), total, float(p[n])]
        drawn: list[Cell] = [] if numbers is None or states is None else [float(numbers[n]), int(states[n])]
        rows.append([*cells, *drawn])
    columns = [letter, "in as a sum", "in", f"{name} = σ(in)"]
    return Table(caption, columns if numbers is None else [*columns, "number", state], rows)


def _uniform(name: str, values: Sequence[float], length: int) -> np.ndarray:
    found = vector(name, values, length)
    for value in found:
        real(name, value, at_least=0, below=1)
    return np.array(found)


def _names(V: int, H: int) -> list[str]:
    return [
        *(f"W{i + 1}{j + 1}" for i in range(H) for j in range(V)),
        *(f"b{j + 1}" for j in range(V)), *(f"c{i + 1}" for i in range(H)),
    ]  # fmt: skip


def _parts(machine: Machine) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return machine.W, machine.b, machine.c


def _of(step: Step) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return step.of_W, step.of_b, step.of_c


def _flat(parts: tuple[np.ndarray, np.ndarray, np.ndarray]) -> list[float]:
    return [float(value) for part in parts for value in part.ravel()]

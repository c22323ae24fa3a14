"""XOR by a linear machine, by two kernels, and by a hidden layer: who chooses the features."""

from typing import Any

import numpy as np

from gradatim.by_hand import kernel_machine as machine
from gradatim.by_hand.margin import widest_margin
from gradatim.by_hand.network import Network
from gradatim.checks import real, whole
from gradatim.explain.traces.record import Beside, Cell, Line, Part, Table, Trace, matrix
from gradatim.explain.traces.sums_as_text import number

X = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
T = np.array([-1.0, 1.0, 1.0, -1.0])
SOURCE = "Cortes & Vapnik, Support-vector networks (1995)"
PRODUCT = (
    "With (xᵀz + 1)² the machine is f(z) = −z1 z2: the product is among the features that this kernel stands "
    "for, and a person put it there by choosing the kernel."
)
NAMES = ["−1, −1", "−1, 1", "1, −1", "1, 1"]


def xor_kernels(
    degree: int = 2, gamma: float = 0.5, hidden: int = 2, lr: float = 1, updates: int = 200, seed: int = 0
) -> Trace:  # fmt: skip
    """The four corners of XOR by support vector machines with three kernels, and by a network.

        f(z) = Σ_n α_n t_n k(x_n, z) + b      k linear, (xᵀz + 1)^d, exp(−γ ‖x − z‖²)
        p(z) = σ(vᵀ tanh(W z + c) + b)        W, c, v, b learned

    `degree` d and `gamma` γ are chosen by a person; `hidden` units, `lr` η, `updates` and `seed` are the
    network's.

    >>> xor_kernels().table("Four machines on XOR").column("right, of 4")
    [3, 4, 4, 4]
    """
    degree, gamma = whole("degree", degree, 1, 20), real("gamma", gamma, above=0)
    kernels = {
        "linear": machine.linear(X, X),
        f"(xᵀz + 1)^{degree}": machine.polynomial(X, X, degree),
        f"exp(−{number(gamma)} ‖x − z‖²)": machine.rbf(X, X, gamma),
    }
    parts: list[Part] = [
        Line("XOR at the corners of a square around 0, its classes −1 and 1. A support vector machine weighs "
             "a kernel k(x_n, z) with every example x_n; all four are support vectors here."),
        Line("  f(z) = Σ_n α_n t_n k(x_n, z) + b    t_n f(x_n) ≥ 1"),
    ]  # fmt: skip
    summary: list[list[Cell]] = []
    tables = []
    for name, gram in kernels.items():
        found = machine.hard_margin(gram, T)
        tables.append(matrix(f"K of {name}", gram, 0 if name != list(kernels)[-1] else 4))
        if found is None:
            summary.append([f"kernel {name}", None, None, _right_of_lines(), "a person"])
        else:
            right = int((np.sign(gram @ (found.alpha * T) + found.b) == T).sum())
            alpha = float(found.alpha[0])
            summary.append([f"kernel {name}", alpha, found.margin, right, "a person"])
    taught = _Taught(hidden, lr, updates, seed)
    summary.append([f"{hidden} hidden tanh units", None, None, taught.right, "learned"])
    return Trace("XOR by a line, by kernels, by a hidden layer", "A9", SOURCE, [
        *parts,
        Beside(tables),
        Table("Four machines on XOR", ["machine", "α of each", "margin", "right, of 4", "features"], summary),
        Line("A line says at most 3 of the 4 corners, so no α solves the linear machine."),
        *([Line(PRODUCT)] if degree == 2 else []),
        *taught.parts,
    ])  # fmt: skip


def _right_of_lines() -> int:
    """How many corners the best line has right: all but one, wherever three are parted."""
    return max(len(rows) for rows in ([0, 1, 2, 3], [1, 2, 3]) if widest_margin(X[rows], T[rows]) is not None)


class _Taught:
    """The network: its hidden units before and after training, and how many corners it has right."""

    def __init__(self, hidden: int, lr: float, updates: int, seed: int):
        hidden, lr = whole("hidden", hidden, 1, 20), real("lr", lr, above=0)
        updates, seed = whole("updates", updates, 0, 20_000), whole("seed", seed, 0)
        layers: list[dict[str, Any]] = [
            {"name": "dense", "in_features": 2, "out_features": hidden, "init": "xavier_uniform"},
            {"name": "tanh"},
            {"name": "dense", "in_features": hidden, "out_features": 1, "init": "xavier_uniform"},
        ]
        self.network, self.y = Network(layers, seed, np.float64), (T > 0).astype(float)
        rows: list[list[Cell]] = []
        for update in range(updates + 1):
            scores = self.network.forward(X)[:, 0]
            loss = float(np.mean(np.logaddexp(0, scores) - self.y * scores))
            if update in _shown(updates):
                rows.append([update, loss, int(((scores > 0) == (self.y > 0)).sum())])
            if update < updates:
                self.network.backward((1 / (1 + np.exp(-scores)) - self.y)[:, None] / len(X))  # (p − y)/N
                self.network.theta -= lr * self.network.gradient
        self.right = int(((self.network.forward(X)[:, 0] > 0) == (self.y > 0)).sum())
        h = np.tanh(X @ self.network.parameters["0.weight"].T + self.network.parameters["0.bias"])
        line = self.network.parameters["2.weight"][0], float(self.network.parameters["2.bias"][0])
        parted = "a line parts the classes" if widest_margin(h, T) is not None else "no line parts them yet"
        units = [f"h{j + 1}" for j in range(hidden)]
        self.parts: list[Part] = [
            Line(f"The network begins with weights of seed {seed} and learns all of them by gradient descent "
                 f"with η = {number(lr)} on binary cross entropy."),
            Line("  h = tanh(W z + c)    p = σ(vᵀh + b)"),
            Table("Learning", ["update", "loss", "right, of 4"], rows),
            Table("What the hidden layer has learned", ["corner", "class", *units, "vᵀh + b"], [
                [name, int(t), *row, float(row @ line[0] + line[1])]
                for name, t, row in zip(NAMES, T, h, strict=True)
            ]),
            Line(f"Seen as points h, {parted}. The kernel is chosen by a person before there are data; the "
                 "hidden layer finds its features from the data. With two units some seeds, such as 1, "
                 "stop at a minimum with 2 corners right; hidden=4 helps."),
        ]  # fmt: skip


def _shown(updates: int) -> set[int]:
    """At which updates a row is shown: the first, the last, and ten between."""
    return {round(k * updates / 10) for k in range(11)}

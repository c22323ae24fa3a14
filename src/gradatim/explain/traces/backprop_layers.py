"""Backpropagation in layer form: matrices, examples as columns, gradients averaged over the batch."""

from collections.abc import Callable, Sequence

import numpy as np

from gradatim.checks import UsageError, known, real
from gradatim.explain.traces.arguments import grid
from gradatim.explain.traces.record import Beside, Line, Part, Table, Trace, matrix
from gradatim.explain.traces.sums_as_text import number

# g, g′ written with z and h, and both as functions of z
UNITS: dict[str, tuple[str, str, Callable[..., np.ndarray], Callable[..., np.ndarray]]] = {
    "sigmoid": ("1/(1 + e^−z)", "h ⊙ (1 − h)", lambda z: (1 + np.tanh(z / 2)) / 2, lambda h: h * (1 - h)),
    "tanh": ("tanh(z)", "1 − h²", np.tanh, lambda h: 1 - h * h),
    "relu": ("max(0, z)", "1 where z > 0, 0 elsewhere", lambda z: np.maximum(z, 0), lambda h: (h > 0) * 1.0),
    "identity": ("z", "1", lambda z: z, np.ones_like),
}
MOST = 8  # rows or columns of a matrix


def backprop_layers(
    x: Sequence[Sequence[float]] = ((1, 0, 2), (0, 1, -1)), y: Sequence[Sequence[float]] = ((1, 0, 1),),
    W1: Sequence[Sequence[float]] = ((0.5, -1), (1, 0.5)), b1: Sequence[Sequence[float]] = ((0,), (-0.5,)),
    W2: Sequence[Sequence[float]] = ((1, -1),), b2: Sequence[Sequence[float]] = ((0.5,),),
    activation: str = "sigmoid", lr: float = 0.1,
) -> Trace:  # fmt: skip
    """One step of a network with a hidden layer on a batch whose examples are the columns of x.

        Z_1 = W_1 X + b_1,   H_1 = g(Z_1),   Ŷ = W_2 H_1 + b_2,   L = 1/(2m) Σ (Ŷ − Y)²
        G ← Ŷ − Y;   for d = 2, 1:   G ← G ⊙ g′(Z_d),   ∂L/∂b_d = mean of G's columns,
        ∂L/∂W_d = G H_{d−1}ᵀ/m,   G ← W_dᵀ G

    The output layer has g = identity, so that its first line changes nothing; H_0 = X, and m is the number of
    examples. The update is θ ← θ − η ∂L/∂θ.

    Raises UsageError for matrices that do not fit each other, or an unknown activation.
    """
    given = {"x": x, "W1": W1, "b1": b1, "W2": W2, "b2": b2, "y": y}
    p = {name: np.array(grid(name, value)) for name, value in given.items()}
    _check(p)
    formula, slope, g, g_slope = UNITS[known("activation", activation, UNITS)]
    lr, m = real("lr", lr, above=0), p["x"].shape[1]
    f = _forward(p, g)
    G2 = f["Ŷ"] - p["y"]
    back = p["W2"].T @ G2
    G1 = back * g_slope(f["H1"])
    gradients = {"W1": G1 @ p["x"].T / m, "b1": G1.mean(1, keepdims=True), "W2": G2 @ f["H1"].T / m,
                 "b2": G2.mean(1, keepdims=True)}  # fmt: skip
    new = {name: p[name] - lr * gradient for name, gradient in gradients.items()}
    after = _forward({**p, **new}, g)
    return Trace("Backpropagation in layer form", "B5", "", [
        Line(f"{len(p['W1'])} hidden units, {activation}, and a linear output. The {m} examples are the "
             f"columns of X; η = {number(lr)}."),
        Line(f"  Z1 = W1 X + b1    H1 = g(Z1)    g(z) = {formula}"),
        Line("  Ŷ = W2 H1 + b2    L = 1/(2m) Σ (Ŷ − Y)²"),
        _beside(("X", p["x"]), ("W1", p["W1"]), ("b1", p["b1"])),
        _beside(("Z1", f["Z1"]), ("H1", f["H1"])),
        _beside(("W2", p["W2"]), ("b2", p["b2"]), ("Ŷ", f["Ŷ"]), ("Y", p["y"])),
        Line("Backward, layer by layer: G is ∂L/∂Z of each example, a column each."),
        Line(f"  G ← ∂L/∂Ŷ = Ŷ − Y        per layer: G ← G ⊙ g′(Z),  g′ = {slope}"),
        Line("  ∂L/∂b = mean of G's columns    ∂L/∂W = G Hᵀ/m    G ← Wᵀ G"),
        _beside(("G, layer 2", G2), ("∂L/∂W2", gradients["W2"]), ("∂L/∂b2", gradients["b2"])),
        _beside(("W2ᵀ G", back), ("G, layer 1", G1)),
        _beside(("∂L/∂W1", gradients["W1"]), ("∂L/∂b1", gradients["b1"])),
        Line(f"  θ ← θ − {number(lr)} ∂L/∂θ"),
        _beside(*((f"new {name}", new[name]) for name in ("W1", "b1", "W2", "b2"))),
        Table("The loss", ["before", "after"], [[f["L"].item(), after["L"].item()]], 6),
    ])  # fmt: skip


def _forward(p: dict[str, np.ndarray], g: Callable[..., np.ndarray]) -> dict[str, np.ndarray]:
    z = p["W1"] @ p["x"] + p["b1"]
    h = g(z)
    output = p["W2"] @ h + p["b2"]
    return {"Z1": z, "H1": h, "Ŷ": output, "L": ((output - p["y"]) ** 2).sum() / (2 * p["x"].shape[1])}


def _beside(*named: tuple[str, np.ndarray]) -> Part:
    return Beside([matrix(name, value, 4) for name, value in named])


def _check(p: dict[str, np.ndarray]) -> None:
    """Raise UsageError for matrices that are large, or do not fit."""
    for name, value in p.items():
        if max(value.shape) > MOST:
            raise UsageError(f"{name} must have at most {MOST} rows and columns; it is {value.shape}")
    inputs, m = p["x"].shape
    hidden, outputs = len(p["W1"]), len(p["y"])
    wanted = {"W1": (hidden, inputs), "b1": (hidden, 1), "W2": (outputs, hidden), "b2": (outputs, 1),
              "y": (outputs, m)}  # fmt: skip
    for name, shape in wanted.items():
        if p[name].shape != shape:
            raise UsageError(f"{name} must have {shape[0]} rows of {shape[1]} here; it is {p[name].shape}")

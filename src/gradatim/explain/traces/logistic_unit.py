"""One logistic unit with squared error: forward, gradient, finite differences, one step."""

from collections.abc import Sequence

import numpy as np

from gradatim.by_hand.backpropagation import sigmoid
from gradatim.checks import real
from gradatim.explain.traces.arguments import grid, vector
from gradatim.explain.traces.record import Cell, Line, Table, Trace
from gradatim.explain.traces.sums_as_text import number, product_sum, short

EPSILON = 1e-5  # of the central differences


def logistic_unit(
    x: Sequence[Sequence[float]] = ((1, 2), (-1, 1), (2, -1)), y: Sequence[float] = (1, 0, 1),
    w: Sequence[float] = (0.5, -0.5), b: float = 0.25, lr: float = 0.5,
) -> Trace:  # fmt: skip
    """A logistic unit on several examples, and its gradient beside finite differences.

        f = σ(wᵀx + b) = σ([w; b]ᵀ[x; 1]),   L = ½ Σ_m (f_m − y_m)²
        ∂L/∂w = Σ_m (f_m − y_m) σ′(in_m) x_m,   ∂L/∂b = Σ_m (f_m − y_m) σ′(in_m),   σ′ = f(1 − f)

    Examples `x`, a row each, their targets `y`, weights `w` and `b`; `lr` is η of the one step.

    >>> trace = logistic_unit()
    >>> max(map(abs, trace.table("Gradient and finite differences").column("difference"))) < 1e-9
    True
    """
    points = np.array(grid("x", x))
    targets = np.array(vector("y", y, len(points)))
    theta = np.array([*vector("w", w, points.shape[1]), real("b", b)])
    z = np.column_stack([points, np.ones(len(points))])
    lr = real("lr", lr, above=0)
    f = outputs(theta, z)
    errors, slopes = f - targets, f * (1 - f)
    gradient = (errors * slopes) @ z
    numeric = differences(theta, z, targets)
    names = [*(f"w{i + 1}" for i in range(points.shape[1])), "b"]
    new = theta - lr * gradient
    forward: list[list[Cell]] = [
        [m + 1, product_sum([*zip(theta[:-1].tolist(), points[m].tolist(), strict=True),
                             (theta[-1].item(),)]),
         float(z[m] @ theta), float(f[m]), float(targets[m]), float(errors[m])]
        for m in range(len(points))
    ]  # fmt: skip
    terms: list[list[Cell]] = [
        [m + 1, float(errors[m]), float(slopes[m]), *(errors[m] * slopes[m] * z[m]).tolist()]
        for m in range(len(points))
    ]
    terms.append(["sum", None, None, *gradient.tolist()])
    return Trace("One logistic unit", "A4", "", [
        Line("A unit of weights w and bias b; the bias is the weight of one more input, which is always 1."),
        Line("  in = wᵀx + b    f = 1/(1 + e^−in)    L = ½ Σ_m (f_m − y_m)²"),
        Table("Forward", ["m", "in as a sum", "in", "f = σ(in)", "y", "f − y"], forward),
        Table("The bias as a weight", ["m", "σ(wᵀx + b)", "σ([w; b]ᵀ[x; 1])"], [
            [m + 1, sigmoid(float(points[m] @ theta[:-1]) + float(theta[-1])), float(f[m])]
            for m in range(len(points))
        ], 10),
        Line("  ∂L/∂w = Σ_m (f_m − y_m) σ′(in_m) x_m    σ′(in) = f (1 − f)"),
        Table("Every example's part of the gradient", ["m", "f − y", "σ′(in)", *(f"∂L/∂{n}" for n in names)],
              terms),
        Line(f"  ∂L/∂θ ≈ (L(θ + ε) − L(θ − ε))/(2 ε)    ε = {short(EPSILON)}"),
        Table("Gradient and finite differences", ["parameter", "gradient", "finite difference", "difference"],
              [[name, g, d, g - d] for name, g, d in
               zip(names, gradient.tolist(), numeric.tolist(), strict=True)], (0, 10, 10, 13)),
        Table(f"One step with η = {number(lr)}", ["parameter", "before", "after"], [
            [name, old, after] for name, old, after in
            zip(names, theta.tolist(), new.tolist(), strict=True)
        ]),
        Table("The loss L", ["before", "after"], [[loss(theta, z, targets), loss(new, z, targets)]], 6),
    ])  # fmt: skip


def outputs(theta: np.ndarray, z: np.ndarray) -> np.ndarray:
    """σ(θᵀz) of every row z = [x; 1]."""
    return np.array([sigmoid(float(row @ theta)) for row in z])


def loss(theta: np.ndarray, z: np.ndarray, y: np.ndarray) -> float:
    """½ Σ_m (f_m − y_m)²."""
    return float(((outputs(theta, z) - y) ** 2).sum() / 2)


def differences(theta: np.ndarray, z: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The gradient by central differences."""
    steps = EPSILON * np.eye(len(theta))
    return np.array([(loss(theta + e, z, y) - loss(theta - e, z, y)) / (2 * EPSILON) for e in steps])

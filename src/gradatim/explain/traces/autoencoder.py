"""One step of a denoising, sparse and contractive autoencoder, every number of it."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from gradatim.checks import UsageError, real
from gradatim.explain.traces.arguments import grid, vector
from gradatim.explain.traces.record import Beside, Cell, Line, Table, Trace, matrix
from gradatim.explain.traces.sums_as_text import number, product_sum

Array = np.ndarray
Grid = Sequence[Sequence[float]]
MOST = 60  # numbers of all examples, and weights of a layer
TERMS = ("error", "KL", "|h|", "∂h/∂x")


class Weights(NamedTuple):
    """Encoder W (H, D), b (H,) and decoder V (D, H), c (D,)."""

    W: Array
    b: Array
    V: Array
    c: Array


class Costs(NamedTuple):
    """ρ, and what the three penalties cost: β of the divergence from it, λ₁ of |h|, λ₂ of ∂h/∂x."""

    rho: float
    beta: float
    l1: float
    l2: float


class Forward(NamedTuple):
    """The code h (N, H), its mean activity (H,), what is said again (N, D), and the terms of the loss."""

    h: Array
    mean: Array
    again: Array
    terms: tuple[float, float, float, float]

    @property
    def loss(self) -> float:
        """Their sum."""
        return sum(self.terms)


class Backward(NamedTuple):
    """δ of the outputs (N, D); ∂L/∂h by its sources, each (N, H); δ of the code (N, H); gradients."""

    outputs: Array
    sources: tuple[Array, Array, Array, Array]
    code: Array
    gradient: Weights


def forward(p: Weights, x: Array, corrupted: Array, costs: Costs) -> Forward:
    """The terms of L of examples x (N, D) from corrupted ones."""
    h = expit(corrupted @ p.W.T + p.b)
    again = h @ p.V.T + p.c
    mean, (rho, beta, l1, l2) = h.mean(0), costs
    apart = rho * np.log(rho / mean) + (1 - rho) * np.log((1 - rho) / (1 - mean))
    slopes = (h * (1 - h)) ** 2 @ (p.W**2).sum(1)
    terms = (((again - x) ** 2).sum(1).mean(), beta * apart.sum(), l1 * h.sum(1).mean(), l2 * slopes.mean())
    return Forward(h, mean, again, tuple(float(term) for term in terms))  # type: ignore[arg-type]


def backward(p: Weights, x: Array, corrupted: Array, costs: Costs, found: Forward) -> Backward:
    """The gradient of L, from the outputs back to W."""
    n, h = len(x), found.h
    slope = h * (1 - h)
    squares = (p.W**2).sum(1)
    outputs = 2 * (found.again - x) / n
    pull = costs.beta / n * (-costs.rho / found.mean + (1 - costs.rho) / (1 - found.mean))
    sources = (
        outputs @ p.V, np.tile(pull, (n, 1)), np.full_like(h, costs.l1 / n),
        costs.l2 / n * 2 * slope * (1 - 2 * h) * squares,
    )  # fmt: skip
    code = sum(sources) * slope
    of_W = code.T @ corrupted + 2 * costs.l2 / n * (slope**2).sum(0)[:, None] * p.W
    return Backward(outputs, sources, code, Weights(of_W, code.sum(0), outputs.T @ h, outputs.sum(0)))


def autoencoder(
    x: Grid = ((1, 0, 0.5), (0, 1, 1)), keep: Grid = ((1, 1, 0), (1, 0, 1)),
    w: Grid = ((0.5, -0.5, 1), (-1, 1, 0.5)), b: Sequence[float] = (0, 0.5),
    v: Grid = ((1, -0.5), (0.5, 1), (0, 1)), c: Sequence[float] = (0, 0, 0.5), sparsity_target: float = 0.25,
    sparsity_cost: float = 0.5, code_l1: float = 0.1, contractive: float = 0.1, lr: float = 0.2,
) -> Trace:  # fmt: skip
    """A step of gradient descent of an autoencoder that is denoising, sparse and contractive at once.

        x̃ = x ⊙ keep;   h = σ(W x̃ + b),   x̂ = V h + c,   ρ̂_j = mean_n h_nj
        L = mean_n ‖x̂ − x‖² + β Σ_j KL(ρ‖ρ̂_j) + λ₁ mean_n Σ_j h_j + λ₂ mean_n Σ_j (h_j (1 − h_j))² Σ_i W_ji²
        δ_i = 2 (x̂_i − x_i)/N,   δ_j = (Σ_i δ_i V_ij + what the penalties add) h_j (1 − h_j)

    The examples `x`, a row each; `keep` is 0 where the noise masks a number; `w`, a row for each unit of the
    code, `v`, a row for each input. ρ is `sparsity_target`, β `sparsity_cost`, λ₁ `code_l1`, λ₂
    `contractive`, η `lr`. A penalty is off where it costs 0.

    >>> round(autoencoder().table("The loss").column("after the step")[-1], 4)
    0.7153
    """
    X, W = np.array(grid("x", x)), np.array(grid("w", w))
    (N, D), H = X.shape, len(W)
    if W.shape[1] != D or max(N * D, H * D, N * H) > MOST:
        raise UsageError(
            f"w must have {D} numbers a row, one for each input, and the network at most {MOST} weights"
        )
    kept, V = np.array(grid("keep", keep)), np.array(grid("v", v))
    if kept.shape != X.shape or not np.isin(kept, (0, 1)).all():
        raise UsageError(f"keep must be {N} rows of {D} numbers, each 0 or 1")
    if V.shape != (D, H):
        raise UsageError(f"v must be {D} rows of {H} numbers: a row for each input, a number for each unit")
    p = Weights(W, np.array(vector("b", b, H)), V, np.array(vector("c", c, D)))
    costs = Costs(
        real("sparsity_target", sparsity_target, above=0, below=1),
        real("sparsity_cost", sparsity_cost, at_least=0),
        real("code_l1", code_l1, at_least=0), real("contractive", contractive, at_least=0),
    )  # fmt: skip
    lr = real("lr", lr, above=0)
    corrupted = X * kept
    found = forward(p, X, corrupted, costs)
    back = backward(p, X, corrupted, costs, found)
    after = Weights(*(one - lr * of for one, of in zip(p, back.gradient, strict=True)))
    return Trace("A step of an autoencoder", "F2 F3", "", [
        Line(f"{D} inputs, a code of {H} sigmoid {'unit' if H == 1 else 'units'}, {D} linear outputs; the "
             f"noise masks {int((kept == 0).sum())} of {N * D} numbers, and the error is measured on the "
             "inputs without noise."),
        Line("  x̃ = x ⊙ keep    h = σ(W x̃ + b)    x̂ = V h + c"),
        Beside([matrix("x", X, 2), matrix("keep", kept), matrix("x̃", corrupted, 2)]),
        _units("The code", "j", "h = σ(in)", p.b, p.W, corrupted, found.h),
        _again(p, X, found),
        *_penalties(p, costs, found, forward(after, X, corrupted, costs), X, after),
        *_deltas(found, back, X),
        _step(p, back, after, corrupted, found, costs, lr),
    ])  # fmt: skip


def _units(
    caption: str, letter: str, name: str, bias: Array, weights: Array, below: Array, values: Array
) -> Table:  # fmt: skip
    """A row for each unit of each example: its sum and its value."""
    rows: list[list[Cell]] = []
    for n, example in enumerate(below):
        for k, row in enumerate(weights):
            terms = [(float(bias[k]),), *zip(row.tolist(), example.tolist(), strict=True)]
            total = float(row @ example + bias[k])
            rows.append([n + 1, k + 1, product_sum(terms), total, float(values[n, k])])
    return Table(caption, ["example", letter, "in as a sum", "in", name], rows)


def _again(p: Weights, x: Array, found: Forward) -> Table:
    """The outputs as sums, beside the inputs."""
    rows: list[list[Cell]] = []
    for n, i in np.ndindex(x.shape):
        terms = [(float(p.c[i]),), *zip(p.V[i].tolist(), found.h[n].tolist(), strict=True)]
        again, one = float(found.again[n, i]), float(x[n, i])
        rows.append([n + 1, i + 1, product_sum(terms), again, one, (again - one) ** 2])
    return Table("The reconstruction", ["example", "i", "x̂ as a sum", "x̂", "x", "(x̂ − x)²"], rows)


def _penalties(
    p: Weights, costs: Costs, found: Forward, later: Forward, x: Array, after: Weights
) -> list[Line | Table]:  # fmt: skip
    """Mean activities, and each term of the loss before and after the step."""
    rho = costs.rho
    apart = rho * np.log(rho / found.mean) + (1 - rho) * np.log((1 - rho) / (1 - found.mean))
    unmasked = [float(forward(one, x, x, costs).terms[0]) for one in (p, after)]
    formulas = (
        "mean ‖x̂ − x‖²", f"{number(costs.beta)} Σ KL(ρ‖ρ̂)", f"{number(costs.l1)} mean Σ h",
        f"{number(costs.l2)} mean Σ (h (1 − h))² Σ W²",
    )  # fmt: skip
    rows: list[list[Cell]] = [
        list(row) for row in zip(TERMS, formulas, found.terms, later.terms, strict=True)
    ]
    return [
        Line(f"  KL(ρ‖ρ̂) = ρ log(ρ/ρ̂) + (1 − ρ) log((1 − ρ)/(1 − ρ̂)),  ρ = {number(rho)}"),
        Table("Mean activities", ["j", "ρ̂", "KL(ρ‖ρ̂)", "Σ W²"],
              [[j + 1, float(found.mean[j]), float(apart[j]), float((p.W[j] ** 2).sum())]
               for j in range(len(apart))]),
        Table("The loss", ["term", "is", "before", "after the step"],
              [*rows, ["L", "their sum", found.loss, later.loss]]),
        Line(f"From inputs without noise the error is {number(unmasked[0])} before the step and "
             f"{number(unmasked[1])} after it."),
    ]  # fmt: skip


def _deltas(found: Forward, back: Backward, x: Array) -> list[Line | Table]:
    """δ of the outputs, and of the code by where it comes from."""
    rows: list[list[Cell]] = []
    for n, j in np.ndindex(found.h.shape):
        h = float(found.h[n, j])
        parts = [float(source[n, j]) for source in back.sources]
        rows.append([n + 1, j + 1, *parts, sum(parts), h * (1 - h), float(back.code[n, j])])
    return [
        Line(f"  δ_i = 2 (x̂_i − x_i)/N,  N = {len(x)}"),
        matrix("δ of the outputs, a row an example", back.outputs, 4),
        Line("  ∂L/∂h_j = Σ_i δ_i V_ij + (β/N) (−ρ/ρ̂_j + (1 − ρ)/(1 − ρ̂_j))"),
        Line("            + λ₁/N + (2λ₂/N) h_j (1 − h_j) (1 − 2h_j) Σ_i W_ji²"),
        Line("  δ_j = ∂L/∂h_j h_j (1 − h_j)"),
        Line("  ∂L/∂W_ji = Σ_n δ_j x̃_i + (2λ₂/N) W_ji Σ_n (h_j (1 − h_j))²"),
        Table("δ of the code",
              ["example", "j", "Σ δ V", "of KL", "of |h|", "of ∂h/∂x", "∂L/∂h", "h (1 − h)", "δ"], rows),
    ]  # fmt: skip


def _step(
    p: Weights, back: Backward, after: Weights, corrupted: Array, found: Forward, costs: Costs, lr: float
) -> Table:  # fmt: skip
    """Every parameter, its gradient as a sum over the examples, and its new value."""
    rows: list[list[Cell]] = []
    slopes = ((found.h * (1 - found.h)) ** 2).sum(0)

    def put(name: str, terms: list[tuple[float, ...]], place: int, at: tuple[int, ...]) -> None:
        values = (float(part[place][at]) for part in (p, back.gradient, after))
        before, gradient, later = values
        rows.append([name, before, product_sum(terms), gradient, later])

    for j, i in np.ndindex(p.W.shape):
        more = 2 * costs.l2 / len(corrupted) * float(slopes[j])
        terms = [(float(d), float(one)) for d, one in zip(back.code[:, j], corrupted[:, i], strict=True)]
        put(f"W{j + 1}{i + 1}", [*terms, *([(more, float(p.W[j, i]))] if more else [])], 0, (j, i))
    for j in range(len(p.b)):
        put(f"b{j + 1}", [(float(d),) for d in back.code[:, j]], 1, (j,))
    for i, j in np.ndindex(p.V.shape):
        pairs = zip(back.outputs[:, i], found.h[:, j], strict=True)
        put(f"V{i + 1}{j + 1}", [(float(d), float(h)) for d, h in pairs], 2, (i, j))
    for i in range(len(p.c)):
        put(f"c{i + 1}", [(float(d),) for d in back.outputs[:, i]], 3, (i,))
    columns = ["parameter", "before", "gradient as a sum", "gradient", "after"]
    return Table(f"The step with η = {number(lr)}", columns, rows)

"""Exercises in autoencoders."""

from typing import Any

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, cells
from gradatim.exercises.nice_numbers import multiples, one
from gradatim.explain.traces.record import Trace


def _numbers(rng: np.random.Generator) -> Numbers:
    """Two examples of three numbers, of which each loses one to the noise; a code of two units."""
    keep = [[1, 1, 1], [1, 1, 1]]
    for row in keep:
        row[int(rng.integers(3))] = 0
    x: list[list[float]] = [[0], [0]]
    while x[0] == x[1] or not any(map(any, x)):
        x = [[one(rng, 0, 0.5, 1) for _ in range(3)] for _ in keep]
    return {
        "x": x, "keep": keep,
        "w": [multiples(rng, 3, 0.5, 1) for _ in range(2)], "b": multiples(rng, 2, 0.5, 1, zero=True),
        "v": [multiples(rng, 2, 0.5, 1) for _ in range(3)], "c": multiples(rng, 3, 0.5, 1, zero=True),
        "sparsity_target": one(rng, 0.1, 0.2, 0.25), "sparsity_cost": one(rng, 0.5, 1),
        "code_l1": one(rng, 0, 0.1), "contractive": one(rng, 0, 0.1), "lr": one(rng, 0.1, 0.5),
    }  # fmt: skip


def _asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    code, loss, delta = (trace.table(name) for name in ("The code", "The loss", "δ of the code"))
    (step,) = (table for table in trace.tables() if table.caption.startswith("The step"))
    places = [(n, j) for n in (1, 2) for j in (1, 2)]
    after: list[Any] = ["W11", "b1", "V11", "c1"]
    return [
        *_by_place(code.column("h = σ(in)"), places, "h", "h_{}, example {}"),
        *cells(trace.table("Mean activities"), "ρ̂", (1, 2), ("rho1", "rho2"), ("ρ̂_1", "ρ̂_2")),
        Asked("loss", "L", float(loss.column("before")[-1])),  # type: ignore[arg-type]
        *_by_place(delta.column("δ"), places, "d", "δ_{} of the code, example {}"),
        *cells(step, "after", after, [f"new_{name}" for name in after], [f"new {name}" for name in after]),
    ]


def _by_place(column: list[Any], places: list[tuple[int, int]], letter: str, symbol: str) -> list[Asked]:
    return [
        Asked(f"{letter}{n}{j}", symbol.format(j, n), float(value))
        for (n, j), value in zip(places, column, strict=True)
    ]


def _points(rng: np.random.Generator) -> Numbers:
    """Four points of the plane with two different eigenvalues, neither 0."""
    while True:
        x = rng.integers(0, 10, (4, 2))
        S = np.cov(x.T, bias=True)
        low, high = np.linalg.eigvalsh(S)
        if 0.1 < low < 0.6 * high and S[0, 1]:
            break
    w = [multiples(rng, 2, 0.5, 1, zero=True)]
    w[0][int(rng.integers(2))] = 1
    return {"x": x.tolist(), "w": w, "lr": one(rng, 0.001, 0.002), "steps": 1}


def _of_components(trace: Trace, _numbers: Numbers) -> list[Asked]:
    covariance, found = trace.table("The covariance S"), trace.table("Eigenvectors of S")
    descent = trace.table("Gradient descent")
    entries: list[Any] = ["S11", "S12", "S22"]
    new: Any = trace.table("new W").rows[0]
    angle, now = (float(descent.column(name)[0]) for name in ("largest angle (°)", "L"))  # type: ignore[arg-type]
    return [
        *cells(covariance, "value", entries, entries, entries),
        *cells(found, "λ", (1, 2), ("l1", "l2"), ("λ_1, the larger", "λ_2")),
        Asked("loss", "L of W and V = Wᵀ before the step", now),
        *(Asked(f"w{i + 1}", f"w_{i + 1} after a step", float(value)) for i, value in enumerate(new)),
        Asked("angle", "the angle between V and u_1 before the step, in degrees", angle),
    ]  # fmt: skip


KINDS = (
    Kind("autoencoder",
         "Make a step of gradient descent of this autoencoder on both examples: h from the inputs that the "
         "noise has masked, L with its penalties, δ of the code, and four of the new parameters.",
         _numbers, _asked),
    Kind("pca-and-autoencoder",
         "Centre the points, find the eigenvalues of their covariance S (the sum divided by 4), and make a "
         "step of a linear autoencoder whose code is one number. The decoder begins at V = Wᵀ.",
         _points, _of_components),
)  # fmt: skip

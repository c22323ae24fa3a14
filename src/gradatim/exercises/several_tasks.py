"""Exercises in linear models of several tasks."""

from dataclasses import replace

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, entries
from gradatim.exercises.nice_numbers import multiples, one, whole_grid
from gradatim.explain.traces.record import Trace

STEP = 0.25  # at most 1/L where X has two rows of two of −1, 0, 1


def _numbers(rng: np.random.Generator) -> Numbers:
    """Two tasks of two rows and two features, and a step that makes two lengths a difference."""
    while True:
        drawn: Numbers = {
            "x1": whole_grid(rng, 2, 2, -1, 1), "y1": multiples(rng, 2, 1, 4),
            "x2": whole_grid(rng, 2, 2, -1, 1), "y2": multiples(rng, 2, 1, 4),
            "w": np.reshape(multiples(rng, 4, 0.5, 1, zero=True), (2, 2)).tolist(),
            "strength": one(rng, 1, 2), "step": STEP,
        }  # fmt: skip
        V = _after_the_gradient(drawn)
        if np.linalg.norm(V, axis=1).max() > STEP * drawn["strength"] and abs(np.linalg.det(V)) > 0.01:
            return drawn


def _after_the_gradient(numbers: Numbers) -> np.ndarray:
    """V = W − t ∇f(W)."""
    W = np.array(numbers["w"])
    G = [X.T @ (X @ W[:, i] - y) for i, (X, y) in enumerate(
        (np.array(numbers[f"x{k}"]), np.array(numbers[f"y{k}"])) for k in (1, 2))]  # fmt: skip
    return W - STEP * np.column_stack(G)


def _asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    lengths, values = trace.table("Rows"), trace.table("Singular values")
    asked = [
        *entries(trace.table("G"), "g", "G"),
        *(Asked(f"length{j}", f"‖v_{j}‖", float(size))  # type: ignore[arg-type]
          for j, size in enumerate(lengths.column("‖v_j‖"), 1)),
        *entries(trace.table("W⁺, rows"), "rows", "W⁺ of the penalty on rows, "),
        *(Asked(f"sigma{r}", f"σ_{r}", float(size))  # type: ignore[arg-type]
          for r, size in enumerate(values.column("σ_r"), 1)),
        *entries(trace.table("W⁺, trace norm"), "trace", "W⁺ of the trace norm, "),
    ]  # fmt: skip
    return [replace(one, value=round(one.value, 12) + 0.0) for one in asked]  # 2, and not 2 + 4·10⁻¹⁶


KINDS = (
    Kind("proximal-step",
         "Two linear tasks have two features, and W a row for each feature, a column for each task. Make one "
         "proximal-gradient step of length t, which is step: find the gradient G of the loss, the lengths of "
         "the rows of V and what the penalty on rows makes of them, then the singular values of V and what "
         "the trace norm makes of it. strength is λ.",
         _numbers, _asked),
)  # fmt: skip

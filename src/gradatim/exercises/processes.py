"""Exercises in Gaussian processes of two tasks."""

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, cells
from gradatim.exercises.nice_numbers import multiples, one
from gradatim.explain.traces.record import Trace


def _numbers(rng: np.random.Generator) -> Numbers:
    """Two targets of one task and one of the other, at three places."""
    x = rng.permutation(4)[:3]
    return {
        "x": sorted(x[:2].tolist()) + x[2:].tolist(), "task": [1, 1, 2], "y": multiples(rng, 3, 0.5, 2),
        "a": [one(rng, 1, 2), one(rng, 1, 0.5, -0.5, -1)], "kappa": [one(rng, 0.5, 1), one(rng, 0.5, 1)],
        "noise": [one(rng, 0.1, 0.5)] * 2, "scale": one(rng, 1, 2), "at": one(rng, 0.5, 1.5, 2.5),
    }  # fmt: skip


def _asked(trace: Trace, numbers: Numbers) -> list[Asked]:
    C = trace.table("C, of the targets").rows
    asked = [
        Asked(f"c{n + 1}{m + 1}", f"C[{n + 1},{m + 1}]", float(C[n][m]))  # type: ignore[arg-type]
        for n in range(3)
        for m in range(n + 1)
    ]
    targets, tasks = (1, 2, 3), (1, 2)
    solved = trace.table("Substitution, forwards and backwards")
    asked += cells(solved, "α", targets, [f"alpha{n}" for n in targets], [f"α_{n}" for n in targets])
    (found,) = (table for table in trace.tables() if table.caption.startswith("The functions at"))
    for letter, column, word in (("m", "mean", "mean"), ("v", "var", "variance")):
        names, symbols = [f"{letter}{i}" for i in tasks], [f"{word} of f_{i}(x*)" for i in tasks]
        asked += cells(found, column, tasks, names, symbols)
    (log_p,) = trace.table("Log marginal likelihood").column("log p(y)")
    return [*asked, Asked("logp", "log p(y)", float(log_p))]  # type: ignore[arg-type]


KINDS = (
    Kind("gaussian-process",
         "Two functions vary together by B, and three noisy targets of them are known. Find the covariance C "
         "of the targets, its lower half, α = C⁻¹ y, mean and variance of both functions at x*, which is at, "
         "and the log marginal likelihood. scale is ℓ, noise is σ² of each task.",
         _numbers, _asked),
)  # fmt: skip

"""An embedding: rows of a table by their numbers, and the gradients of the rows that were used."""

from collections.abc import Iterable

import numpy as np

from gradatim.checking.case import Case, Definition, Slip
from gradatim.random import generator

EQUATIONS = """y_n = E[x_n]    row x_n of the table, x_n counted from 0
∂L/∂E[v] = Σ_n g_n over the n with x_n = v: of a row that is read twice the gradients are added"""
SIZES = ((5, 3, (4,)), (4, 2, (2, 6)), (7, 1, (3, 2)))  # rows, numbers of each, the shape of x


def embedding(name: str) -> Definition:
    """The table that reads whole numbers."""
    cases = [_case(seed, *sizes) for seed, sizes in enumerate(SIZES)]
    return Definition(name, "layer", cases, EQUATIONS, lambda: _slips(cases))


def _case(seed: int, rows: int, width: int, shape: tuple[int, ...]) -> Case:
    rng = generator(seed, "check embedding")
    table, x = rng.standard_normal((rows, width)), rng.integers(0, rows, shape)
    x.flat[0] = x.flat[-1] = rows - 1  # the last row is there, and twice
    g = rng.standard_normal((*shape, width))
    gradient = np.zeros_like(table)
    np.add.at(gradient, x, g)
    settings = {"num_embeddings": rows, "embedding_dim": width}
    label = f"a table of {rows} rows of {width}; x of shape {shape}, seed {seed}"
    return Case(
        label, {"x": x, "g": g, "p weight": table}, {"output": table[x], "grad weight": gradient}, settings
    )


def _slips(cases: list[Case]) -> Iterable[Slip]:
    tables = [(case.arrays["p weight"], case.arrays["x"], case.arrays["g"]) for case in cases]
    yield "yours counts rows from 1", [{"output": E[x - 1]} for E, x, _ in tables]
    yield "yours multiplies by √(embedding_dim), as a transformer does behind its table", [
        {"output": E[x] * E.shape[1] ** 0.5} for E, x, _ in tables]  # fmt: skip
    yield "of a row that is read twice yours keeps the last gradient; they are added (np.add.at)", [
        {"output": E[x], "grad weight": _last(E, x, g)} for E, x, g in tables]  # fmt: skip


def _last(table: np.ndarray, x: np.ndarray, g: np.ndarray) -> np.ndarray:
    found = np.zeros_like(table)
    found[x] = g
    return found

"""Exercises in Transformers."""

from typing import Any

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, cells
from gradatim.exercises.nice_numbers import one
from gradatim.explain.traces.record import Beside, Part, Table, Trace

WORDS = ("abc", "toe", "pin", "cat")


def _draw(rng: np.random.Generator) -> Numbers:
    return {"text": one(rng, *WORDS), "width": 3, "heads": 1, "feedforward": 2, "activation": "relu",
            "seed": int(rng.integers(1000))}  # fmt: skip


def _asked(trace: Trace, numbers: Numbers) -> list[Asked]:
    first, second = (f"{t + 1} {letter}" for t, letter in enumerate(str(numbers["text"])[:2]))
    tables: dict[str, Table] = {table.caption: table for table in trace.tables()}
    score, share, read, loss = (tables[name] for name in ("S, head 1", "A, head 1", "z, head 1", "Loss"))
    row: list[Any] = list(score.rows[1])
    return [
        Asked("S21", "S_21", float(row[1]), 3), Asked("S22", "S_22", float(row[2]), 3),
        *cells(share, first, [second], ["A21"], ["A_21"], 3),
        *cells(read, "1", [second], ["z21"], ["z_21"], 3), *cells(read, "2", [second], ["z22"], ["z_22"], 3),
        *cells(read, "3", [second], ["z23"], ["z_23"], 3),
        *cells(loss, "−log p(next)", [second], ["loss2"], ["−log p(next) of step 2"], 3),
    ]  # fmt: skip


def _shown(trace: Trace, _numbers: Numbers) -> list[Part]:
    """Weights, and what attention and the scores read, which norms make."""
    weights = next(part for part in trace.parts if isinstance(part, Beside))
    return [weights, trace.table("n = norm(x)"), trace.table("n, at the end")]


KINDS = (
    Kind("gpt",
         "A Transformer of one block and one head reads two letters. From n, which its first norm gives, "
         "find the scores S and the shares A of step 2, what it reads, z; and from n at the end its loss "
         "there. Biases are 0.",
         _draw, _asked, shown=_shown),
)  # fmt: skip

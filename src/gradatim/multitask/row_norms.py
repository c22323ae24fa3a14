"""Penalties that count a feature's weights of all tasks as one, and what solvers over rows ask of them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from gradatim.functional.penalties import L1
from gradatim.functional.task_penalties import L21, LInf1

RowNorm = L1 | L21 | LInf1
PENALTIES: dict[Any, Any] = {1: L1, 2: L21, np.inf: LInf1}  # by q
AS_CODE = {L21: 2, LInf1: 0, L1: 1}  # q as compiled code says it
ROW_SIZES: dict[Any, Callable[[np.ndarray], np.ndarray]] = {
    L1: lambda G: abs(G).max(axis=1, initial=0.0),
    L21: lambda G: np.sqrt(np.einsum("ji,ji->j", G, G)),
    LInf1: lambda G: abs(G).sum(axis=1),
}  # of a gradient's row: at most λ where the row of W is 0

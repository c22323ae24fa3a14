"""Low rank: the tasks' weights are combinations of a few directions that all tasks share."""

import numpy as np

from gradatim.functional.task_penalties import TraceNorm
from gradatim.multitask.proximal import Solution, minimise
from gradatim.multitask.task_losses import Loss
from gradatim.multitask.tasks import Tasks


def solve(
    tasks: Tasks, loss: Loss, strength: float, W: np.ndarray | None = None, *, tol: float,
    max_iter: int = 10_000,
) -> Solution:  # fmt: skip
    """argmin_W f(XW) + λ‖W‖_* (Argyriou, Evgeniou & Pontil 2008; Ji & Ye 2009), to a duality gap of `tol`.

    Shapes: W (D, m), and a row more for each free feature.
    """
    W = np.zeros((len(tasks.Xt), tasks.count)) if W is None else W
    return minimise(tasks, loss, TraceNorm(strength), W, tol=tol, max_iter=max_iter)

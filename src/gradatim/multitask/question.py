"""A question to a penalised model of several tasks: centred rows, a loss, and the way back to weights."""

from dataclasses import dataclass, replace

import numpy as np

from gradatim.multitask.duality import best_free
from gradatim.multitask.task_losses import LogisticLoss, Loss, SoftmaxLoss, SquaredLoss
from gradatim.multitask.tasks import Tasks


@dataclass(frozen=True, eq=False)
class Question:
    """Rows as solvers read them, their loss, and what was taken off them.

    `at_zero` is the loss where all weights are 0 and only intercepts are fitted; gaps are stated as shares of
    it. Shapes: means (D, m), target_means (m,).
    """

    tasks: Tasks
    loss: Loss
    means: np.ndarray
    target_means: np.ndarray
    at_zero: float
    gradient: np.ndarray  # there, (D, m)

    def weights(self, W: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Weights (D, m) and intercepts (m,) for rows as they were, of a solution (D, m) or one row more."""
        coef = W[: self.tasks.features]
        shift = W[-1] * self.tasks.Xt[-1, 0] if self.tasks.free else self.target_means
        return coef, shift - (self.means * coef).sum(0)


def pose(tasks: Tasks, loss: str, *, intercept: bool = True, averaged: bool = False) -> Question:
    """The question of a loss: squared, logistic (y is −1 or 1) or softmax (y is 0 or 1, tasks are classes).

    With `averaged` the loss is 1/m of the sum over tasks of 1/n_i of each one's sum, and a squared error is
    not halved (Gong, Ye & Zhang 2012); otherwise it is the sum over all rows, and a squared error is halved.
    """
    y, m = tasks.y, tasks.count
    moved, means, target_means = tasks.centred()
    if not intercept:
        moved, means, target_means = tasks, np.zeros_like(means), np.zeros(m)
    elif loss != "squared":
        size = float(np.sqrt((moved.Xt**2).mean())) or 1.0
        moved = replace(moved, y=y).with_ones(size)
        target_means = np.zeros(m)
    each = tasks.of_rows(1 / (m * tasks.sizes)) if averaged else np.ones(len(y))
    made: Loss
    if loss == "squared":
        made = SquaredLoss(moved.y, 2 * each if averaged else 1.0)
    elif loss == "logistic":
        made = LogisticLoss(moved.y, each)
    else:
        made = SoftmaxLoss(moved.y, m, float(m * each[0]) if averaged else 1.0)
    _, z = best_free(moved, made, np.zeros((len(moved.Xt), m)), np.zeros(len(y)))
    gradient = moved.correlate(made.gradient(z))[: moved.features]
    return Question(moved, made, means, target_means, made(z), gradient)

"""Columns for each task that are pulled together."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from gradatim.checks import real
from gradatim.models.task_columns import TaskColumns


class SoftSharing(TaskColumns):
    """Soft parameter sharing (Duong, Cohn, Bird & Cook 2015): a network a task, near to each other.

        L = Σ_t w_t L_t + λ Σ_{s<t} ‖θ_s − θ_t‖²,   θ_t the hidden layers of task t

    Shapes: x (N, in_features) → (N, Σ outputs), the tasks beside each other in their order.

    `sharing` is λ: 0 leaves separate networks, and the larger it is, the more the columns are one trunk; all
    begin with weights of their own. `tasks`, `task_weights` and the others are SharedTrunk's; `gradnorm`
    needs a trunk. The record of training holds the loss with its price, that of validation without.

    Raises UsageError for tasks, weights and sizes that cannot be, and a negative λ.

    >>> tasks = [("sold", "binary_cross_entropy", 1), ("price", "squared_error", 1)]
    >>> SoftSharing(5, 2, tasks, hidden=(8,))(torch.zeros(3, 5)).shape
    torch.Size([3, 2])
    """

    def __init__(
        self, in_features: int, out_features: int, tasks: Sequence[Sequence[Any]],
        hidden: Sequence[int] = (64,), activation: str = "relu", dropout: float = 0.0,
        input_dropout: float = 0.0, init: str | None = None, embeddings: Sequence[Sequence[int]] = (),
        task_weights: Any = "equal", sharing: float = 0.01,
    ):  # fmt: skip
        self.sharing = real("sharing", sharing, at_least=0)
        super().__init__(
            in_features, out_features, tasks, hidden, activation, dropout, input_dropout, init, embeddings,
            task_weights,
        )  # fmt: skip

    def penalty(self) -> Tensor | float:
        """λ Σ_{s<t} ‖θ_s − θ_t‖² = λ (T Σ_t ‖θ_t‖² − ‖Σ_t θ_t‖²)."""
        if not self.sharing:
            return 0.0
        price: Tensor | float = 0.0
        for same in zip(*(column.parameters() for column in self.columns), strict=True):
            theta = torch.stack(same)
            price = price + len(same) * (theta - theta.mean(0)).square().sum()
        return self.sharing * price

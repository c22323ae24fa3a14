"""Columns for each task that learn how much they read of each other."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from gradatim.checks import real
from gradatim.models.task_columns import TaskColumns


class CrossStitch(TaskColumns):
    """Cross-stitch network (Misra, Shrivastava, Gupta & Hebert 2016): a network a task, mixed by layers.

        h_t ← Σ_s α_ts h_s   behind each hidden layer, α (T, T) learned

    Shapes: x (N, in_features) → (N, Σ outputs), the tasks beside each other in their order.

    α begins with `stitch` on its diagonal and the rest shared out evenly beside it, so that rows sum to 1;
    the paper's is 0.9. One α a layer stands for the paper's one a channel. With α the identity these are
    separate networks. `tasks`, `task_weights` and the others are SharedTrunk's; `gradnorm` needs a trunk.

    Raises UsageError for tasks, weights and sizes that cannot be, and a stitch outside [0, 1].

    >>> tasks = [("sold", "binary_cross_entropy", 1), ("price", "squared_error", 1)]
    >>> network = CrossStitch(5, 2, tasks, hidden=(8, 4))
    >>> network(torch.zeros(3, 5)).shape, network.stitches[0].shape
    (torch.Size([3, 2]), torch.Size([2, 2]))
    """

    def __init__(
        self, in_features: int, out_features: int, tasks: Sequence[Sequence[Any]],
        hidden: Sequence[int] = (64,), activation: str = "relu", dropout: float = 0.0,
        input_dropout: float = 0.0, init: str | None = None, embeddings: Sequence[Sequence[int]] = (),
        task_weights: Any = "equal", stitch: float = 0.9,
    ):  # fmt: skip
        self.start = real("stitch", stitch, at_least=0)
        super().__init__(
            in_features, out_features, tasks, hidden, activation, dropout, input_dropout, init, embeddings,
            task_weights,
        )  # fmt: skip
        t = len(self.tasks)
        self.stitches = nn.ParameterList(nn.Parameter(torch.empty(t, t)) for _ in range(self.depth))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """α as it begins."""
        super().draw_parameters(seed, prefix)
        t = len(self.tasks)
        for alpha in getattr(self, "stitches", ()):
            if not alpha.is_meta:
                alpha.fill_((1 - self.start) / max(t - 1, 1))
                alpha.fill_diagonal_(self.start if t > 1 else 1.0)

    def stitch(self, d: int, h: list[Tensor]) -> list[Tensor]:
        """Σ_s α_ts h_s."""
        return list(torch.einsum("ts,snh->tnh", self.stitches[d], torch.stack(h)))

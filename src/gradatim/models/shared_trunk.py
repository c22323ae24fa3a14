"""A trunk that all tasks share, and a head for each."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from gradatim.models.building import Layers, make
from gradatim.models.mlp import mlp
from gradatim.models.task_network import TaskNetwork
from gradatim.nn.dense import Dense


class SharedTrunk(TaskNetwork):
    """Hard parameter sharing (Caruana 1997): hidden layers for all tasks, and a head for each.

        h = trunk(x);   a_t = head_t(h);   L = Σ_t w_t L_t,   L_t over the rows that have target t

    Shapes: x (N, in_features) → (N, Σ outputs), the tasks beside each other in their order.

    `tasks` are (name, loss, outputs); `hidden` the trunk's layers, `head_hidden` those of each head, which is
    otherwise linear; `task_weights` is `equal`, a number for each task, `uncertainty` (Kendall, Gal & Cipolla
    2018) or `gradnorm` (Chen et al. 2018). The others are `mlp`'s, for the trunk and for heads with layers.

    Raises UsageError for tasks, weights and sizes that cannot be.

    >>> tasks = [("sold", "binary_cross_entropy", 1), ("kind", "cross_entropy", 3)]
    >>> SharedTrunk(5, 4, tasks, hidden=(8,))(torch.zeros(2, 5)).shape
    torch.Size([2, 4])
    """

    recipes: ClassVar[dict[str, str]] = {"tables": "tables of several tasks"}

    def __init__(
        self, in_features: int, out_features: int, tasks: Sequence[Sequence[Any]],
        hidden: Sequence[int] = (64,), head_hidden: Sequence[int] = (), activation: str = "relu",
        dropout: float = 0.0, input_dropout: float = 0.0, init: str | None = None,
        embeddings: Sequence[Sequence[int]] = (), task_weights: Any = "equal",
    ):  # fmt: skip
        super().__init__(out_features, tasks, task_weights)
        layers = mlp(in_features, out_features, hidden, activation, dropout, input_dropout, init, embeddings)
        width = layers.pop()["in_features"]
        self.trunk = Layers(*map(make, layers))
        heads = (mlp(width, one, head_hidden, activation, dropout, init=init)[1:] for one in self.widths)
        self.heads = nn.ModuleList(Layers(*map(make, head)) for head in heads)
        if self.task_weights == "gradnorm":
            self.shared_weight()

    def forward(self, x: Tensor) -> Tensor:
        """Every task's outputs."""
        h = self.trunk(x)
        return torch.cat([head(h) for head in self.heads], 1)

    def shared_weight(self) -> nn.Parameter:
        """The weights of the trunk's last layer."""
        dense = [layer for layer in self.trunk if isinstance(layer, Dense)]
        return dense[-1].weight if dense else super().shared_weight()

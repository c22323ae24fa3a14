"""Networks side by side, one a task: what cross-stitch networks and soft sharing have in common."""

from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from gradatim.models.building import Layers, make
from gradatim.models.mlp import mlp
from gradatim.models.task_network import TaskNetwork


class TaskColumns(TaskNetwork):
    """T multilayer perceptrons of one form, each with the outputs of a task. Abstract."""

    recipes: ClassVar[dict[str, str]] = {"tables": "tables of several tasks"}

    def __init__(
        self, in_features: int, out_features: int, tasks: Sequence[Sequence[Any]], hidden: Sequence[int],
        activation: str, dropout: float, input_dropout: float, init: str | None,
        embeddings: Sequence[Sequence[int]], task_weights: Any,
    ):  # fmt: skip
        super().__init__(out_features, tasks, task_weights)
        if self.task_weights == "gradnorm":
            self.shared_weight()
        self.columns, self.heads = nn.ModuleList(), nn.ModuleList()
        self.depth = 0  # hidden layers of each column
        for outputs in self.widths:
            *layers, last = mlp(
                in_features, outputs, hidden, activation, dropout, input_dropout, init, embeddings
            )
            blocks = _blocks(layers)
            self.depth = len(blocks)
            self.columns.append(nn.ModuleList(Layers(*map(make, block)) for block in blocks))
            self.heads.append(make(last))

    def forward(self, x: Tensor) -> Tensor:
        """Every task's outputs."""
        h = [x.flatten(1)] * len(self.tasks)
        for d in range(self.depth):
            layer = [list(column.children())[d] for column in self.columns]
            h = self.stitch(d, [block(one) for block, one in zip(layer, h, strict=True)])
        return torch.cat([head(one) for head, one in zip(self.heads, h, strict=True)], 1)

    def stitch(self, d: int, h: list[Tensor]) -> list[Tensor]:
        """What each column reads next of what all of them found in hidden layer d."""
        return h


def _blocks(layers: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The entries in front of each hidden layer's end: a dense layer, its activation, its dropout."""
    blocks: list[list[dict[str, Any]]] = [[]]
    for layer in layers:
        if layer["name"] == "dense" and any(one["name"] == "dense" for one in blocks[-1]):
            blocks.append([])
        blocks[-1].append(layer)
    return blocks

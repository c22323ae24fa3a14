"""A wide linear part and a deep part, trained together."""

from collections.abc import Sequence
from typing import Any, ClassVar

from torch import Tensor, nn

from gradatim.models.building import Layers, make
from gradatim.models.crosses import Crosses
from gradatim.models.mlp import mlp
from gradatim.nn.dense import Dense

AS_ADAGRAD = {"beta": 1e-7, "l1": 0.0, "l2": 0.0}  # of FTRL: β is then AdaGrad's ε


class WideDeep(nn.Module):
    """Wide & Deep (Cheng et al. 2016): a linear model with crossed columns beside a multilayer perceptron.

        y = W_wide [x; φ(x)] + W_deep h + b,   φ the crosses, h = mlp([x_rest; E_1 x_1; …])

    Shapes: x (N, in_features) → (N, out_features); for two classes y is the logit of σ.

    Both parts learn from one loss. `crosses` are the columns [start, stop] of each product, see `Crosses`;
    `embeddings` (start, stop, size) of each category, which the deep part reads. The wide part starts at
    zero, so that crosses which training has not seen add nothing. Without `hidden` layers it stands alone.

    Raises UsageError for sizes and columns that cannot be, and for other inputs.

    >>> import torch
    >>> network = WideDeep(5, 1, hidden=(4,), embeddings=[[0, 2, 1], [2, 5, 2]], crosses=[[[0, 2], [2, 5]]])
    >>> network(torch.eye(5)).shape, tuple(network.crossed.weight.shape)
    (torch.Size([5, 1]), (6, 1))
    """

    recipes: ClassVar[dict[str, str]] = {"tables": "tables, wide and deep"}

    def __init__(
        self, in_features: int, out_features: int, hidden: Sequence[int] = (64,), activation: str = "relu",
        dropout: float = 0.0, input_dropout: float = 0.0, init: str | None = None,
        embeddings: Sequence[Sequence[int]] = (), crosses: Sequence[Sequence[Sequence[int]]] = (),
    ):  # fmt: skip
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        layers = mlp(in_features, out_features, hidden, activation, dropout, input_dropout, init, embeddings)
        self.wide = Dense(in_features, out_features, init="zeros")
        self.crossed = Crosses(in_features, out_features, crosses) if len(crosses) else None
        last = {**layers.pop(), "bias": False}  # b is the wide part's
        behind = any(layer["name"] == "dense" for layer in layers)
        self.deep = Layers(*map(make, [*layers, last])) if behind else None
        parts = {"wide": True, "crossed": len(crosses), f"deep.{len(layers)}": behind}
        self.heads = tuple(name for name, is_there in parts.items() if is_there)  # all that ends in y

    def forward(self, x: Tensor) -> Tensor:
        """The sum of both parts."""
        x = x.flatten(1)
        y = self.wide(x)
        if self.crossed is not None:
            y = y + self.crossed(x)
        return y if self.deep is None else y + self.deep(x)

    def parameter_groups(self, optimizer: str) -> list[dict[str, Any]]:
        """The parameters as the paper's two optimizers have them: FTRL moves the wide part, AdaGrad the deep
        one, which FTRL is without its penalties. Any other optimizer moves all of them alike.
        """
        if optimizer != "ftrl" or self.deep is None:
            return [{"params": list(self.parameters())}]
        deep = list(self.deep.parameters())
        held = {id(p) for p in deep}
        wide = [p for p in self.parameters() if id(p) not in held]
        return [{"params": wide}, {"params": deep, **AS_ADAGRAD}]

"""The recurrent network of Jordan, which sees its own last output."""

from collections.abc import Hashable, Sequence
from typing import Any

import torch.nn.functional as F
from torch import Tensor, softmax

from gradatim import catalog
from gradatim.checks import one_of, whole
from gradatim.nn.sequence.loop import State
from gradatim.nn.sequence.torch_weights import OneBias

FEEDBACK = ("identity", "softmax")


class Jordan(OneBias):
    """Recurrent network that is fed its own last output (Jordan, Serial order, 1986; curriculum E1).

        h_t = g(W x_t + U q(y_{t−1}) + b),   y_t = V h_t + c

    g is `nonlinearity`, an activation of the catalogue; q is `feedback`: "identity" feeds y itself back,
    "softmax" the probabilities of which y are the scores. Jordan's state units also decay into themselves;
    here the last output alone is the state, as it is usually lectured.

    Shapes: as `Layers` says, with outputs of `output_size` O, or `hidden_size` when None. Parameters
    weight_ih_l0 (H, D), weight_yh_l0 (H, O), weight_hy_l0 (O, H), bias_l0 (H,) and bias_y_l0 (O,), and so on
    for each layer and direction.

    >>> import torch
    >>> out, y = Jordan(3, 5, output_size=2)(torch.zeros(7, 4, 3))
    >>> tuple(out.shape), tuple(y.shape)
    ((7, 4, 2), (1, 4, 2))
    """

    state_names = ("y",)
    torch_has_it = False

    def __init__(
        self, input_size: int, hidden_size: int, num_layers: int = 1, nonlinearity: str = "tanh",
        bias: bool = True, batch_first: bool = False, dropout: float = 0.0, bidirectional: bool = False, *,
        output_size: int | None = None, feedback: str = "identity",
        variational_dropout: float = 0.0, zoneout: float | Sequence[float] = 0.0,
    ):  # fmt: skip
        self_function = catalog.find(nonlinearity, "activation").load()
        self.outputs = whole("output_size", hidden_size if output_size is None else output_size, 1)
        self.feedback = one_of("feedback", feedback, FEEDBACK)
        super().__init__(
            input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional,
            variational_dropout=variational_dropout, zoneout=zoneout,
        )  # fmt: skip
        self.nonlinearity, self.g = nonlinearity, self_function

    @property
    def output_size(self) -> int:
        """Numbers that a step gives, O."""
        return self.outputs

    def shapes(self, width: int) -> dict[str, tuple[int, ...]]:
        """W, U, V, b and c."""
        h, o = self.hidden_size, self.outputs
        return {
            "weight_ih": (h, width), "weight_yh": (h, o), "weight_hy": (o, h),
            **({"bias": (h,), "bias_y": (o,)} if self.bias else {}),
        }  # fmt: skip

    @property
    def signature(self) -> tuple[Hashable, ...]:
        """What `step` depends on besides its arguments."""
        return (*super().signature, self.nonlinearity, self.feedback)

    def step(self, p: Any, x: Tensor, *state: Tensor) -> State:
        """One step."""
        (y,) = state
        q = softmax(y, -1) if self.feedback == "softmax" else y
        h = self.g(F.linear(x, p.weight_ih, p.bias if self.bias else None) + F.linear(q, p.weight_yh))
        return (F.linear(h, p.weight_hy, p.bias_y if self.bias else None),)

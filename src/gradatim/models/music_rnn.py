"""A recurrent network that says which notes come next."""

from typing import ClassVar

from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.models.cells import recurrent
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.sequence.padding import mask_of

FEW_SOUND = -3.0  # the log odds of 1 in 20
NOISE = {  # of the state, where none is asked for: chosen on validation, jsb-chorales
    "lstm": {"variational_dropout": 0.25},
    "gru": {"variational_dropout": 0.5},
}
State = Tensor | tuple[Tensor, ...]


class _Notes(Dense):
    """W h + b, where b begins at −3: as if each note sounded in one frame of twenty."""

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """W as ever, and b."""
        super().draw_parameters(seed, prefix)
        if self.bias is not None:
            nn.init.constant_(self.bias, FEW_SOUND)


class MusicRNN(nn.Module):
    """Recurrent network over the frames of a piano roll (Boulanger-Lewandowski, Bengio & Vincent 2012, "RNN";
    Chung, Gulcehre, Cho & Bengio 2014 with LSTM and GRU; curriculum E10).

        h_t = cell(f_{t−1}, h_{t−1}),  f_0 = 0;   p(note k in f_t | f_1 … f_{t−1}) = σ((W h_t + b)_k)

    Shapes: values (N, T, D), at t the frame before the one that is asked for, 0 at first; lengths (N,) →
    scores (Σ L_i, K), one row for each frame that is not padding, in the order of the pieces. `dropout` falls
    between the layers and in front of W, `input_dropout` on the frames; `variational_dropout` (Gal &
    Ghahramani 2016) and `zoneout` (Krueger et al. 2017) are noise on the state. Where neither is asked for, a
    network with dropout has the one of its cell in `NOISE`. b begins at −3, as few notes sound.

    `scores(x, state)` is a function of its arguments, with which a piece is played on frame by frame.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> import torch
    >>> network = MusicRNN(in_features=88, out_features=88, hidden_size=4)
    >>> network(torch.zeros(2, 3, 88), torch.tensor([3, 2])).shape
    torch.Size([5, 88])
    """

    layout: ClassVar[str] = "padded"  # of the examples that it reads
    causal: ClassVar[bool] = True  # what it says of a step depends on none behind it

    def __init__(
        self, in_features: int, *, out_features: int, hidden_size: int = 200, num_layers: int = 1,
        cell: str = "lstm", dropout: float = 0.0, input_dropout: float = 0.0,
        variational_dropout: float | None = None, zoneout: float | None = None,
    ):  # fmt: skip
        super().__init__()
        self.in_features = whole("in_features", in_features, 1)
        between = dropout if num_layers != 1 else 0.0
        asked = {"variational_dropout": variational_dropout, "zoneout": zoneout}
        given = {name: value for name, value in asked.items() if value is not None}
        noise = given or (NOISE.get(cell, {}) if dropout else {})
        self.input_dropout = Dropout(input_dropout)
        self.recurrent = recurrent(
            cell, in_features, hidden_size, num_layers, batch_first=True, dropout=between, **noise
        )
        self.dropout = Dropout(dropout)
        self.head = _Notes(hidden_size, out_features, init="xavier_uniform")

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """The notes' scores at every frame that is there."""
        self._check(values)
        hidden, _ = self.recurrent(self.input_dropout(values), lengths=lengths)
        real = mask_of(lengths, values.shape[1], len(values), "right", values.device).t()
        return self.head(self.dropout(hidden[real]))

    def scores(self, x: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Scores (N, T, K) of what follows the frames x (N, T, D), and the state behind them."""
        self._check(x)
        hidden, state = self.recurrent(self.input_dropout(x), state)
        return self.head(self.dropout(hidden)), state

    def _check(self, values: Tensor) -> None:
        if values.ndim != 3 or values.shape[2] != self.in_features:
            raise UsageError(
                f"the network reads frames (pieces, frames, {self.in_features}); it got {values.dtype} of "
                f"shape {tuple(values.shape)}"
            )

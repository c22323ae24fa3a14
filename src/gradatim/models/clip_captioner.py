"""A caption from a clip: what moves in it, and what is there, each read frame by frame."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError
from gradatim.models.captioner import Captioner, Named
from gradatim.models.clip_views import ClipViews
from gradatim.models.frame_network import FrameNetwork
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.lstm import LSTM


class ClipCaptioner(Captioner):
    """LRCN for the description of clips (Donahue et al. 2015; Venugopalan et al. 2015): a convolutional
    network on every frame, an LSTM over frames, and one that says words; what moves and what is there go
    apart.

        x̃_t = x_t − x̄,  x̄ = (1/F) Σ_t x_t                          what moves
        m_t = LSTM(g(W_m φ_m(x̃_t)), m_{t−1});   p = (1/F) Σ_t g(W_p φ_p(x_t));   v = [(1/F) Σ_t m_t; p]
        h_t, c_t = LSTM([E y_{t−1}; v], h_{t−1}, c_{t−1}),  h_0 = c_0 = 0;   s_t = W h_t + b

    φ_m is a `FrameNetwork`, φ_p one without batch norm, g ReLU. `hidden_size` are the units of the LSTM that
    says words, `motion_size` of m and of p. `window`, `shift`, `zoom` and `mirror` say which frames are seen,
    see `ClipViews`: in evaluation v is the mean over windows. `clip_dropout` falls on what the LSTM reads of
    frames, and on p.

    Shapes: values (N, in_channels, T, H, W), any T, H and W; y and scores as `Captioner` has them.

    The papers' frame networks were trained on ImageNet before. Donahue's words are read off what a
    conditional random field finds in the clip; in Venugopalan's one pair of LSTMs reads frames, then says
    words.

    >>> network = ClipCaptioner(3, 5, hidden_size=4)
    >>> y, lengths = torch.tensor([[2, 1, 0], [3, 4, 1]]), torch.tensor([2, 3])
    >>> network.eval()(torch.zeros(2, 3, 4, 16, 16), None, y, lengths).shape
    torch.Size([5, 5])
    """

    axes: ClassVar[int] = 3

    def __init__(
        self, in_channels: int, num_symbols: int, hidden_size: int = 128, num_layers: int = 1,
        embedding_size: int = 64, motion_size: int = 64, width: float = 1.0, dropout: float = 0.0,
        clip_dropout: float = 0.1, word_dropout: float = 0.5, window: int = 16, shift: float = 0.1,
        zoom: float = 0.1, mirror: bool = True,
    ):  # fmt: skip
        super().__init__(
            in_channels, num_symbols, 2 * motion_size, 0, FrameNetwork(in_channels, width),
            hidden_size, num_layers, embedding_size, dropout, word_dropout,
        )  # fmt: skip
        self.views = ClipViews(window, shift, zoom, mirror, motion=False)
        self.still = FrameNetwork(in_channels, width, batch_norm=False)
        numbers = self.still.out_features
        self.moving_vector = Dense(numbers, motion_size, init="he_normal")
        self.still_vector = Dense(numbers, motion_size, init="he_normal")
        self.motion = LSTM(motion_size, motion_size, batch_first=True)
        self.relu, self.clip_dropout = nn.ReLU(), Dropout(clip_dropout)

    def remember(self, values: Tensor, lengths: Tensor | None = None) -> tuple[Named, Named]:
        """V, and a state of zeros."""
        return {"v": self.vector(values)}, self.start(values)

    def say(self, words: Tensor, memory: Named, state: Named) -> tuple[Tensor, Named]:
        """h_t."""
        v = memory["v"][:, None].expand(-1, words.shape[1], -1)
        return self.run(torch.cat([words, v], 2), state)

    def vector(self, values: Tensor) -> Tensor:
        """V (N, 2 motion_size); UsageError for what are no clips."""
        if values.ndim != 5 or values.shape[1] != self.in_channels:
            raise UsageError(
                f"the network reads clips (N, {self.in_channels}, T, height, width); it got {values.dtype} "
                f"of shape {tuple(values.shape)}"
            )
        x = self.views(values)  # (N V, C, F, H, W)
        moves = self.relu(self.moving_vector(self.maps(_frames(x - x.mean(2, keepdim=True)))))
        there = self.relu(self.still_vector(self.still(_frames(x))))  # (N V F, motion_size)
        m, _ = self.motion(self.clip_dropout(moves).view(len(x), x.shape[2], -1))
        p = there.view(len(x), x.shape[2], -1).mean(1)
        return self.views.mean(torch.cat([m.mean(1), self.clip_dropout(p)], 1), values.shape[2])


def _frames(x: Tensor) -> Tensor:
    """Clips' frames, one after the other: (N, C, F, H, W) → (N F, C, H, W)."""
    return x.transpose(1, 2).flatten(0, 1)

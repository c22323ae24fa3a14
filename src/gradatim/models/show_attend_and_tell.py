"""A caption from a picture that is attended to, place by place, at every word."""

from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from gradatim.checks import real
from gradatim.models.attention_penalty import Attended, LossOfAttention
from gradatim.models.captioner import Captioner, Named
from gradatim.models.picture_maps import PictureMaps
from gradatim.nn.attention import Attention
from gradatim.nn.dense import Dense


class ShowAttendAndTell(Captioner):
    """Soft attention over the places of a picture at every word (Xu et al. 2015, "Show, attend and tell").

        α_t = softmax_i(vᵀ tanh(W a_i + U h_{t−1})),   z_t = σ(f h_{t−1} + g) Σ_i α_ti a_i
        h_t, c_t = LSTM([E y_{t−1}; z_t], h_{t−1}, c_{t−1});   s_t = W [h_t; z_t] + b
        h_0, c_0 = tanh of dense layers over the mean of all a_i

    a_i is what the CNN says of place i, and where that is: its row and column from −1 to 1 (Liu et al. 2018,
    CoordConv). `doubly_stochastic` λ adds λ mean_n Σ_i (1 − Σ_t α_ti)² to the loss while training, so that
    every place is looked at about once.

    Shapes and arguments as `Captioner` has them; `stages` and `width` are those of the CNN, `small_cnn`'s,
    `attention_size` the units of the tanh. state["attention"] (N, h w) are the weights of the last step, row
    after row of the maps. The paper's CNN was trained on ImageNet before, and its scores read E y_{t−1}, too.

    >>> network = ShowAttendAndTell(3, 5, hidden_size=4)
    >>> y, lengths = torch.tensor([[2, 1, 0], [3, 4, 1]]), torch.tensor([2, 3])
    >>> network.eval()(torch.zeros(2, 3, 16, 16), None, y, lengths).shape
    torch.Size([5, 5])
    """

    def __init__(
        self, in_channels: int, num_symbols: int, hidden_size: int = 128, num_layers: int = 1,
        embedding_size: int = 64, attention_size: int = 64, stages: int = 3, width: float = 1.0,
        dropout: float = 0.0, word_dropout: float = 0.5, doubly_stochastic: float = 0.0,
    ):  # fmt: skip
        maps = PictureMaps(in_channels, stages, width)
        places = maps.channels + 2
        super().__init__(
            in_channels, num_symbols, places, places, maps,
            hidden_size, num_layers, embedding_size, dropout, word_dropout,
        )  # fmt: skip
        self.stages = stages
        self.doubly_stochastic = real("doubly_stochastic", doubly_stochastic, at_least=0)
        self.attention = Attention(hidden_size, places, "additive", attention_size)
        self.gate = Dense(hidden_size, 1, init="xavier_uniform")
        self.first_h = Dense(places, hidden_size, init="xavier_uniform")
        self.first_c = Dense(places, hidden_size, init="xavier_uniform")

    def forward(self, values: Tensor, lengths: Tensor | None, y: Tensor, y_lengths: Tensor) -> Any:
        """The scores of every word of y; while places are to be looked at evenly, how they were, too."""
        found, state = self.taught(values, y)
        there = self.there(y, y_lengths)
        s = self.scores(found[there])
        if not (self.training and self.doubly_stochastic):
            return s
        return Attended(s, (state["each"] * there[..., None]).sum(1))

    def remember(self, values: Tensor, lengths: Tensor | None = None) -> tuple[Named, Named]:
        """The places a (N, P, C + 2) and their keys W a, and the first state."""
        maps = self.feature_maps(values)
        a = torch.cat([maps, _coordinates(maps)], 1).flatten(2).transpose(1, 2)
        mean = a.mean(1)
        state = {"h": torch.tanh(self.first_h(mean)), "c": torch.tanh(self.first_c(mean))}
        return {"a": a, "keys": self.attention.keys(a)}, {**state, "attention": a.new_zeros(a.shape[:2])}

    def say(self, words: Tensor, memory: Named, state: Named) -> tuple[Tensor, Named]:
        """[h_t; z_t]; beside the last state the weights of all steps, `each` (N, T, P)."""
        h, c = state["h"], state["c"]
        layer = self.recurrent
        p = SimpleNamespace(weight_ih=layer.weight_ih_l0, weight_hh=layer.weight_hh_l0, bias=layer.bias_l0)
        found, each = [], []
        for word in words.unbind(1):
            z, weights = self.attention(h[:, None], memory["a"], keys=memory["keys"])
            z = torch.sigmoid(self.gate(h)) * z[:, 0]
            h, c = layer.step(p, torch.cat([word, z], 1), h, c)
            found.append(torch.cat([h, z], 1))
            each.append(weights)
        attended = torch.cat(each, 1)
        return torch.stack(found, 1), {"h": h, "c": c, "attention": attended[:, -1], "each": attended}

    def advance(self, said: Tensor, memory: Named, state: Named) -> tuple[Tensor, Named]:
        """As `Captioner` says; of the weights only the last step's are kept."""
        scores, state = super().advance(said, memory, state)
        return scores, {name: state[name] for name in ("h", "c", "attention")}

    def grid(self, height: int, width: int) -> tuple[int, int]:
        """Rows and columns of the places of a picture of this size."""
        for _ in range(self.stages):
            height, width = (height + 1) // 2, (width + 1) // 2
        return height, width

    def full_loss(self, loss: Any) -> Any:
        """A loss of the scores, with the penalty of what was looked at where it is asked for."""
        return LossOfAttention(self.doubly_stochastic, loss) if self.doubly_stochastic else loss


def _coordinates(maps: Tensor) -> Tensor:
    """Row and column of every place of maps (N, C, h, w), from −1 to 1: (N, 2, h, w)."""
    n, _, h, w = maps.shape
    rows, columns = (
        torch.linspace(-1, 1, k, dtype=maps.dtype, device=maps.device) if k > 1 else maps.new_zeros(1)
        for k in (h, w)
    )
    grid = torch.stack(torch.meshgrid(rows, columns, indexing="ij"))
    return grid.expand(n, -1, -1, -1)

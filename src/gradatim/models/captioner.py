"""What the networks that say a sentence of a picture or a clip share: words, an LSTM, scores of words."""

from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.lstm import LSTM
from gradatim.nn.sequence.padding import mask_of

TYPICAL = 10  # words of a caption
Named = dict[str, Tensor]


class Captioner(nn.Module):
    """Scores of a caption's words from a picture, or a clip, and the words before each. Abstract.

        h_t, c_t = LSTM([E y_{t−1}; z_t], h_{t−1}, c_{t−1}),  y_0 a start symbol;   s_t = W h_t + b

    Shapes: values (N, in_channels, H, W), y (N, T) of symbols 0 … K−1, y_lengths (N,) → s (Σ T_i, K), one row
    for each step of y that is not padding, caption after caption. `lengths` are None: pictures have none.

    How the picture enters is a network's own: `remember` gives what is kept of it and the first state, `say`
    runs the LSTM over words. `of_picture` counts the numbers z_t of it that the LSTM reads at every step,
    `read_again` those that W reads beside h_t. `dropout` falls on words and in front of W. `word_dropout`
    is the share of words that the LSTM does not see while training (Bowman et al. 2016): what follows is then
    read from the picture, not from what usually follows.

    `advance` is one step of decoding: from the symbols that were said last, K at first, to the scores of
    those that follow.
    """

    layout: ClassVar[str] = "pairs"  # of the examples that it reads
    axes: ClassVar[int] = 2

    def __init__(
        self, in_channels: int, num_symbols: int, of_picture: int, read_again: int, maps: nn.Module,
        hidden_size: int, num_layers: int, embedding_size: int, dropout: float,
        word_dropout: float,
    ):  # fmt: skip
        super().__init__()
        self.in_channels = whole("in_channels", in_channels, 1)
        self.num_symbols = whole("num_symbols", num_symbols, 2)
        whole("num_layers", num_layers, 1, 1)  # there is one LSTM
        self.maps = maps
        self.embedding = Dense(
            self.num_symbols + 1, embedding_size, bias=False, init="xavier_uniform"
        )  # and y_0
        self.recurrent = LSTM(embedding_size + of_picture, hidden_size, batch_first=True)
        self.dropout, self.word_dropout = Dropout(dropout), Dropout(word_dropout)
        self.head = Dense(hidden_size + read_again, self.num_symbols, init="xavier_uniform")

    def remember(self, values: Tensor, lengths: Tensor | None = None) -> tuple[Named, Named]:
        """What is kept of the pictures, and the state before the first word."""
        raise NotImplementedError

    def say(self, words: Tensor, memory: Named, state: Named) -> tuple[Tensor, Named]:
        """What W reads at each step (N, T, …), from the words before it (N, T, E), and the last state."""
        raise NotImplementedError

    def forward(self, values: Tensor, lengths: Tensor | None, y: Tensor, y_lengths: Tensor) -> Any:
        """The scores of every word of y, the right ones before it being known (teacher forcing)."""
        said, _ = self.taught(values, y)
        return self.scores(said[self.there(y, y_lengths)])

    def taught(self, values: Tensor, y: Tensor) -> tuple[Tensor, Named]:
        """What `say` gives of every step of y."""
        memory, state = self.remember(values)
        return self.say(self.words(F.pad(y[:, :-1], (1, 0), value=self.num_symbols)), memory, state)

    def advance(self, said: Tensor, memory: Named, state: Named) -> tuple[Tensor, Named]:
        """Scores (N, K) of what follows the symbols said last (N,), and the state behind them."""
        found, state = self.say(self.words(said[:, None]), memory, state)
        return self.scores(found[:, 0]), state

    def work(self, values: Tensor, steps: int = TYPICAL) -> Tensor:
        """What is done for pictures with captions of so many words: by it multiply-adds are counted."""
        memory, state = self.remember(values)
        y = torch.zeros(len(values), steps, dtype=torch.long, device=values.device)
        return self.scores(self.say(self.words(y), memory, state)[0])

    def words(self, y: Tensor) -> Tensor:
        """E y (N, T, E), while training without some words."""
        words = self.dropout(F.embedding(y, self.embedding.weight.t()))
        seen = self.word_dropout(words.new_ones(*y.shape, 1)) > 0  # a word is there as it is, or not at all
        return words * seen

    def scores(self, found: Tensor) -> Tensor:
        """W [h; …] + b."""
        return self.head(self.dropout(found))

    def start(self, values: Tensor) -> Named:
        """A state of zeros: h and c (N, H)."""
        zeros = self.head.weight.new_zeros(len(values), self.recurrent.hidden_size)
        return {"h": zeros, "c": zeros}

    def run(self, x: Tensor, state: Named) -> tuple[Tensor, Named]:
        """The LSTM over inputs x (N, T, …): every h_t (N, T, H), and the last state."""
        h, (last, c) = self.recurrent(x, (state["h"][None], state["c"][None]))
        return h, {"h": last[0], "c": c[0]}

    def feature_maps(self, values: Tensor) -> Tensor:
        """The maps (N, C, h, w) of pictures; UsageError where they are none."""
        if values.ndim != 4 or values.shape[1] != self.in_channels:
            raise UsageError(
                f"the network reads pictures (N, {self.in_channels}, height, width); it got {values.dtype} "
                f"of shape {tuple(values.shape)}"
            )
        return self.maps(values)

    @staticmethod
    def there(y: Tensor, y_lengths: Tensor) -> Tensor:
        """Which steps of y (N, T) are no padding."""
        return mask_of(y_lengths, y.shape[1], len(y), "right", y.device).t()

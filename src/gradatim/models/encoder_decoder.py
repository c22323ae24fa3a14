"""From one sequence to another of another length: an encoder's last state, and a decoder."""

from typing import ClassVar

from torch import Tensor, nn

from gradatim.checks import whole
from gradatim.models.sequence_decoder import SequenceDecoder
from gradatim.models.sequence_encoder import SequenceEncoder


class EncoderDecoder(nn.Module):
    """Encoder and decoder without attention (Sutskever, Vinyals & Le 2014; curriculum E4).

        v = [h→_L; h←_1] of an encoder over x_1 … x_L;   s_t = decoder(v, y_1 … y_{t−1}): SequenceDecoder

    Shapes: values (N, L) of symbols 0 … V−1, lengths (N,), y (N, T) of symbols 0 … K−1 → s (N, T, K).

    The paper has four layers in one direction and reads x backwards; here both directions are read. Raises
    UsageError as its parts do.

    >>> import torch
    >>> network = EncoderDecoder(9, 5, hidden_size=4)
    >>> x, lengths = torch.tensor([[3, 1, 4], [1, 5, 0]]), torch.tensor([3, 2])
    >>> network(x, lengths, torch.tensor([[2, 1], [0, 0]])).shape, network.generate(x, lengths, 4).shape
    (torch.Size([2, 2, 5]), torch.Size([2, 4]))
    """

    layout: ClassVar[str] = "pairs"  # of the examples that it reads

    def __init__(
        self, vocabulary_size: int, num_symbols: int, embedding_size: int = 64, hidden_size: int = 64,
        num_layers: int = 1, cell: str = "gru", dropout: float = 0.0, end: int | None = None,
    ):  # fmt: skip
        super().__init__()
        width = whole("hidden_size", hidden_size, 1)
        self.encoder = SequenceEncoder(vocabulary_size, embedding_size, width, num_layers, cell, dropout)
        self.decoder = SequenceDecoder(2 * width, num_symbols, width, end, dropout)

    @property
    def num_symbols(self) -> int:
        """K."""
        return self.decoder.symbols

    def forward(self, values: Tensor, lengths: Tensor, y: Tensor, y_lengths: Tensor | None = None) -> Tensor:
        """The scores of every symbol of y, the right ones before it being known; with `y_lengths` (N,) those
        of its real steps alone, one sequence behind the other, (Σ T_i, K).
        """
        return self.decoder(self.encoder(values, lengths)[2], y, y_lengths)

    def remember(self, values: Tensor, lengths: Tensor) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Nothing, and the decoder's first state: `decoding.beam_search`."""
        return {}, {"h": self.decoder.begin(self.encoder(values, lengths)[2])}

    def advance(
        self, said: Tensor, memory: dict[str, Tensor], state: dict[str, Tensor]
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """The scores (N, K) behind the symbols said last, (N,), and the next state."""
        scores, h = self.decoder.advance(said, state["h"])
        return scores, {"h": h}

    def generate(self, values: Tensor, lengths: Tensor, steps: int) -> Tensor:
        """The likeliest symbol at each of so many steps, each fed back, (N, steps)."""
        return self.decoder.generate(self.encoder(values, lengths)[2], steps)

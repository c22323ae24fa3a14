"""From one sequence to another of another length: an encoder's last state, and a decoder."""

from typing import ClassVar

from torch import Tensor, nn

from gradatim.checks import whole
from gradatim.models.sequence_decoder import SequenceDecoder
from gradatim.models.sequence_encoder import SequenceEncoder
from gradatim.nn.sequence.padding import mask_of

Tensors = dict[str, Tensor]


class EncoderDecoder(nn.Module):
    """Encoder and decoder without attention (Sutskever, Vinyals & Le 2014; curriculum E4).

        v = [h→_L; h←_1] of an encoder over x_1 … x_L;   s_t = decoder(v, y_1 … y_{t−1}): SequenceDecoder

    Shapes: values (N, L) of symbols 0 … V−1, or (N, L, D) with `in_features` D; lengths (N,); y (N, T) of
    symbols 0 … K−1, y_lengths (N,) → (Σ T_i, K), the scores of every real step, sequence after sequence.

    The paper has four layers in one direction and reads x backwards; here both directions are read. `cell` is
    a name of `models.cells`, for both parts. Raises UsageError as its parts do.

    >>> import torch
    >>> network = EncoderDecoder(9, 5, hidden_size=4)
    >>> x, lengths = torch.tensor([[3, 1, 4], [1, 5, 0]]), torch.tensor([3, 2])
    >>> y, y_lengths = torch.tensor([[2, 1], [0, 0]]), torch.tensor([2, 1])
    >>> network(x, lengths, y, y_lengths).shape, network.generate(x, lengths, 4).shape
    (torch.Size([3, 5]), torch.Size([2, 4]))
    """

    layout: ClassVar[str] = "pairs"  # of the examples that it reads

    def __init__(
        self, vocabulary_size: int | None, num_symbols: int, embedding_size: int = 64, hidden_size: int = 64,
        cell: str = "gru", dropout: float = 0.0, end: int | None = None, in_features: int | None = None,
    ):  # fmt: skip
        super().__init__()
        width = whole("hidden_size", hidden_size, 1)
        self.encoder = SequenceEncoder(
            vocabulary_size, embedding_size, width, 1, cell, dropout, in_features
        )  # fmt: skip
        self.decoder = SequenceDecoder(2 * width, num_symbols, width, end, cell)

    def forward(self, values: Tensor, lengths: Tensor, y: Tensor, y_lengths: Tensor) -> Tensor:
        """The scores of every real step of y, the right symbols before it being known."""
        scores: Tensor = self.decoder(self.encoder(values, lengths)[2], y)
        return scores[mask_of(y_lengths, y.shape[1], len(y), "right", y.device).t()]

    def remember(self, values: Tensor, lengths: Tensor) -> tuple[Tensors, Tensors]:
        """What stays as it is while an input is decoded, nothing; and the first state."""
        return {}, self.decoder.first(self.encoder(values, lengths)[2])

    def advance(self, said: Tensor, memory: Tensors, state: Tensors) -> tuple[Tensor, Tensors]:
        """One step behind the symbols said last (N,), K at first: the next one's scores, and the state."""
        return self.decoder.advance(said, state)

    def generate(self, values: Tensor, lengths: Tensor, steps: int) -> Tensor:
        """The likeliest symbol at each of so many steps, each fed back, (N, steps)."""
        return self.decoder.generate(self.encoder(values, lengths)[2], steps)

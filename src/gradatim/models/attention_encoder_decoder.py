"""From one sequence to another of another length, with attention to every step of the first."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.models.attention_decoder import AttentionDecoder, Tensors
from gradatim.models.scheduled_sampling import ScheduledSampling
from gradatim.models.sequence_encoder import SequenceEncoder


class AttentionEncoderDecoder(nn.Module):
    """Encoder and decoder with attention (Bahdanau, Cho & Bengio 2015; Luong et al. 2015; curriculum E12).

        m_1 … m_L = [h→_l; h←_l] of an encoder over x_1 … x_L, and v = [h→_L; h←_1]: SequenceEncoder
        scores of y_1 … y_T = decoder(m, v, y_0 … y_{T−1}): AttentionDecoder, which says its equations

    Shapes: values (N, L) of symbols 0 … V−1, or (N, L, D) with `in_features` D; lengths (N,); y (N, T) of
    symbols 0 … K−1, y_lengths (N,) → (Σ T_i, K), the scores of every real step, sequence after sequence.

    Each direction of the encoder has half of `hidden_size`, so that memory and decoder have one size.
    `attention` is a score of `nn.Attention`; `cell` a name of `models.cells`, for encoder and decoder. With
    `scheduled_sampling` above 0 the decoder reads what it said itself, at last that share of the time, more
    and more often over the first `sampling_batches` batches (Bengio et al. 2015); then its steps are taken
    one by one. Raises UsageError for sizes that cannot be, and for other inputs.

    >>> network = AttentionEncoderDecoder(9, num_symbols=5, embedding_size=4, hidden_size=4)
    >>> x, lengths = torch.tensor([[3, 1, 4], [1, 5, 0]]), torch.tensor([3, 2])
    >>> y, y_lengths = torch.tensor([[2, 1], [0, 0]]), torch.tensor([2, 1])
    >>> network(x, lengths, y, y_lengths).shape, network.attention_weights(x, lengths, y).shape
    (torch.Size([3, 5]), torch.Size([2, 2, 3]))
    """

    layout: ClassVar[str] = "pairs"  # of the examples that it reads

    def __init__(
        self, vocabulary_size: int | None = None, *, num_symbols: int, embedding_size: int = 256,
        hidden_size: int = 256, num_layers: int = 1, cell: str = "gru", attention: str = "additive",
        attention_size: int | None = None, dropout: float = 0.0, in_features: int | None = None,
        scheduled_sampling: float = 0.0, sampling_batches: int = 5000,
    ):  # fmt: skip
        super().__init__()
        width = whole("hidden_size", hidden_size, 2)
        if width % 2:
            raise UsageError(f"each direction has half of hidden_size, which must be even; it is {width}")
        sampling = ScheduledSampling(scheduled_sampling, sampling_batches)
        self.vocabulary_size = vocabulary_size
        self.encoder = SequenceEncoder(
            vocabulary_size, embedding_size, width // 2, num_layers, cell, dropout, in_features
        )
        self.decoder = AttentionDecoder(
            width, width, num_symbols, embedding_size, width, cell, attention, attention_size, dropout,
            sampling if sampling.share else None,
        )  # fmt: skip

    def forward(self, values: Tensor, lengths: Tensor, y: Tensor, y_lengths: Tensor) -> Tensor:
        """The scores of every real step of y, the right symbols before it being known."""
        return self.decoder(*self.encoder(values, lengths), y, y_lengths)

    def remember(self, values: Tensor, lengths: Tensor) -> tuple[Tensors, Tensors]:
        """What stays as it is while an input is decoded, and the first state; N first in all of it."""
        return self.decoder.remember(*self.encoder(values, lengths))

    def advance(self, said: Tensor, memory: Tensors, state: Tensors) -> tuple[Tensor, Tensors]:
        """One step behind the symbols said last (N,), K at first: the scores (N, K), and the next state.

        The state's "attention" (N, L) are the weights of this step.
        """
        return self.decoder.advance(said, memory, state)

    @torch.no_grad()
    def attention_weights(self, values: Tensor, lengths: Tensor, y: Tensor) -> Tensor:
        """The weights (N, T, L) with which each step of y reads the input, those before it being known."""
        return self.decoder.weights(*self.remember(values, lengths), y)

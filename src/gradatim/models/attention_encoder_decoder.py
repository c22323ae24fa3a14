"""From one sequence to another of another length, with attention to every step of the first."""

from typing import ClassVar

from torch import Tensor

from gradatim.checks import UsageError, whole
from gradatim.models.attending import Attending
from gradatim.models.attention_decoder import AttentionDecoder
from gradatim.models.scheduled_sampling import ScheduledSampling
from gradatim.models.sequence_encoder import SequenceEncoder


class AttentionEncoderDecoder(Attending):
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

    >>> import torch
    >>> network = AttentionEncoderDecoder(9, num_symbols=5, embedding_size=4, hidden_size=4)
    >>> x, lengths = torch.tensor([[3, 1, 4], [1, 5, 0]]), torch.tensor([3, 2])
    >>> y, y_lengths = torch.tensor([[2, 1], [0, 0]]), torch.tensor([2, 1])
    >>> network(x, lengths, y, y_lengths).shape
    torch.Size([3, 5])
    """

    source_vectors: ClassVar[tuple[str, int]] = ("encoder.embedding.weight", 1)  # and their axis

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

    def read(self, values: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What the encoder gives: every state, which of them are real, and the last of both directions."""
        return self.encoder(values, lengths)

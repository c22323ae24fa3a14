"""From frames of sound to symbols, one at a time, each attending to what is heard."""

from collections.abc import Sequence

from torch import Tensor

from gradatim.models.attending import Attending
from gradatim.models.attention_decoder import AttentionDecoder
from gradatim.models.listeners import Listener
from gradatim.models.scheduled_sampling import ScheduledSampling
from gradatim.models.spec_augment import SpecAugment
from gradatim.nn.sequence.padding import mask_of


class ListenAttendSpell(Attending):
    """Listen, attend and spell (Chan, Jaitly, Le & Vinyals 2016).

        m = Listener(SpecAugment(x)), the pyramid;   v = (1/L) Σ_l m_l
        scores of y_1 … y_U = AttentionDecoder(m, v, y_0 … y_{U−1}), which says its equations

    The speller begins from the mean of what is heard, the paper's from zeros. With `scheduled_sampling` above
    0 it reads symbols of its own at last that share of the time, after `sampling_batches` batches.

    Shapes: values (N, T, M), lengths (N,); y (N, U) of symbols 0 … K−1, y_lengths (N,) → (Σ U_i, K), the
    scores of every real step, sequence after sequence. `listener` is pyramid, flat or convolutions.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> import torch
    >>> network = ListenAttendSpell(6, num_symbols=5, hidden_size=4)
    >>> x, y = torch.zeros(2, 9, 6), torch.tensor([[2, 3, 1], [4, 1, 0]])
    >>> network(x, torch.tensor([9, 4]), y, torch.tensor([3, 2])).shape
    torch.Size([5, 5])
    """

    def __init__(
        self, in_features: int, *, num_symbols: int, listener: str = "pyramid", hidden_size: int = 128,
        num_layers: int | None = None, cell: str = "gru", channels: Sequence[int] = (64, 64),
        embedding_size: int = 64, attention: str = "additive", dropout: float = 0.0, augment: float = 0.0,
        scheduled_sampling: float = 0.0, sampling_batches: int = 2000,
    ):  # fmt: skip
        super().__init__()
        layers = num_layers or (1 if listener == "convolutions" else 3)
        sampling = ScheduledSampling(scheduled_sampling, sampling_batches)
        self.num_symbols = num_symbols
        self.augment = SpecAugment(augment)
        self.listener = Listener(listener, in_features, hidden_size, layers, cell, channels, dropout)
        self.decoder = AttentionDecoder(
            2 * hidden_size, 2 * hidden_size, num_symbols, embedding_size, hidden_size, cell, attention,
            None, dropout, sampling if sampling.share else None,
        )  # fmt: skip

    def read(self, values: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The memory m (N, L, 2H), which of its steps are real (N, L), and their mean v (N, 2H)."""
        m, lengths = self.listener(*self.augment(values, lengths))
        real = mask_of(lengths, m.shape[1], len(m), "right", m.device).t()
        v = m.sum(1) / lengths.to(m.device)[:, None].to(m.dtype)
        return m, real, v

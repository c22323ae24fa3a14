"""A tag for every word, from its spelling and the words around it."""

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gradatim.checks import UsageError
from gradatim.models.cells import recurrent
from gradatim.models.word_vectors import WordVectors
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.sequence.padding import mask_of


class WordTagger(nn.Module):
    """Bidirectional recurrent tagger of words that are read by their characters, too (dos Santos & Zadrozny
    2014; Plank, Søgaard & Goldberg 2016; curriculum E7, E11), with LSTM or GRU cells.

        e_t = [E w_t; A a_t1; …; A a_tM; tanh(max_j (b + Σ_k W_k C c_{t,j+k}))]     see `WordVectors`
        s_t = U [h→_t; h←_t] + c;   p(tag t) = softmax(s_t)

    Shapes: values (N, T, 1 + M + J), the numbers of each word, of its M affixes and of its characters,
    lengths (N,) → scores (Σ L_i, K), one row for each step that is not padding, in the order of the
    sequences. `input_dropout` falls on e_t, `dropout` between the layers and behind the last, `word_dropout`
    on w_t.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> network = WordTagger(vocabulary_size=9, alphabet_size=6, num_classes=3, hidden_size=4)
    >>> network(torch.tensor([[[3, 2, 5], [0, 4, 4]]]), torch.tensor([2])).shape
    torch.Size([2, 3])
    """

    layout: ClassVar[str] = "padded"  # of the examples that it reads
    reads: ClassVar[dict[str, str]] = {"words": "spelled words"}  # for the encoder that these ask for

    def __init__(
        self, vocabulary_size: int, *, alphabet_size: int, num_classes: int, affix_count: int = 0,
        affix_kinds: int = 0, embedding_size: int = 64, affix_size: int = 32, character_size: int = 24,
        filters: int = 96, kernel_size: int = 3, hidden_size: int = 128, num_layers: int = 1,
        cell: str = "lstm", dropout: float = 0.0, input_dropout: float = 0.0, word_dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        self.words = WordVectors(
            vocabulary_size, alphabet_size, affix_count, affix_kinds, embedding_size=embedding_size,
            affix_size=affix_size, character_size=character_size, filters=filters, kernel_size=kernel_size,
            word_dropout=word_dropout,
        )  # fmt: skip
        self.input_dropout = Dropout(input_dropout)
        between = dropout if num_layers != 1 else 0.0
        self.recurrent = recurrent(
            cell, self.words.width, hidden_size, num_layers, batch_first=True, dropout=between,
            bidirectional=True,
        )  # fmt: skip
        self.dropout = Dropout(dropout)
        self.head = Dense(2 * hidden_size, num_classes, init="xavier_uniform")

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """The tags' scores at every real step."""
        if values.ndim != 3 or values.is_floating_point():
            raise UsageError(
                "the network reads whole numbers (sequences, steps, 1 + affixes + characters); "
                f"it got {values.dtype} of shape {tuple(values.shape)}"
            )
        real = mask_of(lengths, values.shape[1], len(values), "right", values.device).t()
        vectors = self.input_dropout(self.words(values[real]))  # (Σ L_i, width)
        padded = vectors.new_zeros(*real.shape, vectors.shape[1])
        padded[real] = vectors
        hidden, _ = self.recurrent(padded, lengths=lengths)
        return self.head(self.dropout(hidden[real]))

    @torch.no_grad()
    def set_vectors(self, numbers: Sequence[int], vectors: np.ndarray) -> None:
        """Let the words of these numbers begin with these vectors (n, embedding_size)."""
        table = self.words.embedding.weight
        table[torch.tensor(numbers)] = torch.from_numpy(vectors).to(table)

    def word_vectors(self) -> Tensor:
        """The vector of every word, (vocabulary_size, embedding_size), without what its spelling adds."""
        return self.words.embedding.weight

"""A vector for a word: its own, beside one of its characters."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import real, whole
from gradatim.nn.conv import Conv1d
from gradatim.nn.dense import Dense
from gradatim.nn.placed import Placed


class WordVectors(nn.Module):
    """Words by their numbers and by their characters (dos Santos & Zadrozny 2014).

        e_s = [E w_s; r_s],   r_s = tanh(max_j (b + Σ_k W_k C c_{s,j+k})),   w_s and c_sj one-hot

    The maximum is over the places j of the word's characters, so that r_s has one size for every word, and a
    new word has one, too. While training w_s is 0, the unknown word, with probability `word_dropout`: so E
    learns what to make of an unknown one, and W to say what E does.

    Shapes: words (S, 1 + J), the number of each, 0 … V−1, and those of its characters, 0 … A−1, 0 behind its
    end → (S, embedding_size + filters).

    Raises UsageError for sizes that cannot be.

    >>> vectors = WordVectors(9, 6, embedding_size=4, filters=3)
    >>> vectors(torch.tensor([[3, 2, 5, 0], [0, 4, 4, 1]])).shape
    torch.Size([2, 7])
    """

    def __init__(
        self, vocabulary_size: int, alphabet_size: int, embedding_size: int = 64, character_size: int = 24,
        filters: int = 96, kernel_size: int = 3, word_dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        width = whole("embedding_size", embedding_size, 1)
        letter = whole("character_size", character_size, 1)
        init = "xavier_uniform"
        self.embedding = Dense(whole("vocabulary_size", vocabulary_size, 1), width, bias=False, init=init)
        self.characters = Dense(whole("alphabet_size", alphabet_size, 1), letter, bias=False, init=init)
        filters = whole("filters", filters, 1)
        self.convolution = Conv1d(letter, filters, kernel_size, padding="same", init=init)
        self.unknown = WordDropout(word_dropout)
        self.width = width + filters

    def forward(self, words: Tensor) -> Tensor:
        """e_s of every word."""
        known = F.embedding(self.unknown(words[:, 0]), self.embedding.weight.t())
        return torch.cat([known, self._spelled(words[:, 1:])], 1)

    def _spelled(self, characters: Tensor) -> Tensor:
        """r_s (S, filters), worked out once for words that are spelled alike."""
        distinct, place = torch.unique(characters, dim=0, return_inverse=True)  # (U, J)
        there = (distinct > 0)[:, None]  # (U, 1, J)
        vectors = F.embedding(distinct, self.characters.weight.t()).transpose(1, 2) * there
        maps = self.convolution(vectors).masked_fill(~there, float("-inf"))
        return maps.amax(2).tanh()[place]


class WordDropout(Placed):
    """Numbers of words, each of which is 0, the unknown word, with probability p while training.

    Shapes: (S,) → (S,). Raises UsageError for p outside [0, 1).
    """

    def __init__(self, p: float):
        super().__init__()
        self.p = real("word_dropout", p, at_least=0, below=1)

    def forward(self, words: Tensor) -> Tensor:
        """The numbers, some of them 0."""
        if not self.training or self.p == 0:
            return words
        return torch.where(self.numbers(words) < self.p, 0, words)

"""A vector for a word: its own, beside those of its affixes and of its characters."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, real, whole
from gradatim.nn.conv import Conv1d
from gradatim.nn.initialise import draw
from gradatim.nn.placed import Placed


class WordVectors(nn.Module):
    """Words by their numbers, their affixes and their characters (dos Santos & Zadrozny 2014).

        e_s = [E w_s; A a_s1; …; A a_sM; r_s],   r_s = tanh(max_j (b + Σ_k W_k C c_{s,j+k})),
        w_s, a_sm and c_sj one-hot

    The maximum is over the places j of the word's characters, so that r_s has one size for every word, and a
    new word has one, too. While training w_s is 0, the unknown word, with probability `word_dropout`: so the
    network learns to read a word by its spelling.

    Shapes: words (S, 1 + M + J), the number of each, 0 … V−1, those of its M = `affix_kinds` affixes,
    0 … `affix_count`−1, and those of its characters, 0 … `alphabet_size`−1, 0 behind its end → (S, width),
    width = embedding_size + M affix_size + filters.

    Raises UsageError for sizes that cannot be, and for words without characters.

    >>> vectors = WordVectors(9, 6, embedding_size=4, filters=3)
    >>> vectors(torch.tensor([[3, 2, 5, 0], [0, 4, 4, 1]])).shape
    torch.Size([2, 7])
    """

    def __init__(
        self, vocabulary_size: int, alphabet_size: int, affix_count: int = 0, affix_kinds: int = 0, *,
        embedding_size: int = 64, affix_size: int = 32, character_size: int = 24, filters: int = 96,
        kernel_size: int = 3, word_dropout: float = 0.0,
    ):  # fmt: skip
        super().__init__()
        self.affix_kinds = whole("affix_kinds", affix_kinds, 0)
        self.embedding = _Table("vocabulary_size", vocabulary_size, "embedding_size", embedding_size)
        if self.affix_kinds:
            self.affixes = _Table("affix_count", affix_count, "affix_size", affix_size)
        self.characters = _Table("alphabet_size", alphabet_size, "character_size", character_size)
        filters = whole("filters", filters, 1)
        self.convolution = Conv1d(
            character_size, filters, kernel_size, padding="same", init="xavier_uniform"
        )  # fmt: skip
        self.unknown = WordDropout(word_dropout)
        self.width = embedding_size + self.affix_kinds * affix_size + filters

    def forward(self, words: Tensor) -> Tensor:
        """e_s of every word."""
        behind = 1 + self.affix_kinds
        if words.shape[1] <= behind:
            raise UsageError(
                f"a word is its number, {self.affix_kinds} affixes and its characters; here are "
                f"{words.shape[1]} numbers"
            )
        parts = [self.embedding(self.unknown(words[:, 0]))]
        if self.affix_kinds:
            parts.append(self.affixes(words[:, 1:behind]).flatten(1))
        return torch.cat([*parts, self._spelled(words[:, behind:])], 1)

    def _spelled(self, characters: Tensor) -> Tensor:
        """r_s (S, filters), worked out once for words that are spelled alike."""
        distinct, place = torch.unique(characters, dim=0, return_inverse=True)  # (U, J)
        there = (distinct > 0)[:, None]  # (U, 1, J)
        vectors = self.characters(distinct).transpose(1, 2) * there
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


class _Table(nn.Module):
    """A vector for each number, which is looked up: `weight` (count, size)."""

    def __init__(self, rows: str, count: int, columns: str, size: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(whole(rows, count, 1), whole(columns, size, 1)))
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw every vector by (seed, name)."""
        draw(self.weight, "uniform", seed, f"{prefix}weight")

    def forward(self, numbers: Tensor) -> Tensor:
        """Their vectors, (…) → (…, size)."""
        return F.embedding(numbers, self.weight)

"""The word-level language model."""

from torch import Tensor

from gradatim.checks import UsageError
from gradatim.models.char_lm import CharLM


class WordLM(CharLM):
    """Word-level language model (Mikolov et al. 2010; curriculum E9), of any cell.

        e_t = E x_t,  x_t one-hot;   h_t = cell(e_t, h_{t−1});   s_t = W h_t + b;   p(x_{t+1}) = softmax(s_t)

    It is `CharLM` over words, which have vectors of `embedding_size` numbers.

    Shapes: x (T, N) of word numbers 0 … K−1 → scores (T·N, K), step by step. Raises UsageError as `CharLM`.

    >>> WordLM(vocabulary_size=40, hidden_size=3, embedding_size=2).embedding.weight.shape
    torch.Size([2, 40])
    """

    def __init__(
        self, vocabulary_size: int, hidden_size: int = 256, num_layers: int = 1, embedding_size: int = 128,
        dropout: float = 0.0, cell: str = "lstm", input_to: str = "first",
    ):  # fmt: skip
        super().__init__(vocabulary_size, hidden_size, num_layers, embedding_size, dropout, cell, input_to)

    def word_vectors(self) -> Tensor:
        """The vectors e of every word, (K, embedding_size)."""
        if self.embedding is None:
            raise UsageError("a word model with embedding_size 0 has no vectors of words")
        return self.embedding.weight.t()

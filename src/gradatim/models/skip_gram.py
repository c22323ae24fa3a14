"""Skip-gram: vectors of words, learned from the words around them."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from gradatim.checks import UsageError, real, whole
from gradatim.random import generator


class SkipGram(nn.Module):
    """Skip-gram with negative sampling (Mikolov, Sutskever, Chen, Corrado & Dean 2013; curriculum I9).

        s(w, o) = u_oᵀ v_w;   L = −log σ(s(w, o)) − Σ_{i=1…k} log σ(−s(w, n_i)),   n_i ~ P_n

    v_w, a row of `words`, is the vector of a word, u_o, a row of `contexts`, that of a word beside it. Both
    begin as word2vec's do: v uniform from −1/2D to 1/2D, u zero.

    Shapes: x (N, 2 + k) numbers of words 0 … K−1: a word w, a context o, other words n_i → scores (N, 1 + k).

    Parameters: `embedding_size` D. `negative` k and `sample` t say how it learns; see
    `unsupervised.SkipGramTraining`.

    Raises UsageError for sizes that cannot be, and for x of another shape.

    >>> SkipGram(9, embedding_size=4)(torch.tensor([[1, 2, 3]])).tolist()
    [[0.0, 0.0]]
    """

    layout: ClassVar[str] = "streams"

    def __init__(
        self, vocabulary_size: int, embedding_size: int = 100, negative: int = 5, sample: float = 1e-3
    ):
        super().__init__()
        shape = whole("vocabulary_size", vocabulary_size, 2), whole("embedding_size", embedding_size, 1)
        self.negative, self.sample = whole("negative", negative, 1), real("sample", sample, at_least=0)
        self.words, self.contexts = (nn.Parameter(torch.empty(shape)) for _ in range(2))
        self.draw_parameters(0, "")

    @torch.no_grad()
    def draw_parameters(self, seed: int, prefix: str) -> None:
        """V by (seed, name), u zero."""
        if not self.words.is_meta:
            half = 0.5 / self.words.shape[1]
            drawn = generator(seed, f"{prefix}words").uniform(-half, half, tuple(self.words.shape))
            self.words.copy_(torch.from_numpy(drawn))
            self.contexts.zero_()

    def forward(self, x: Tensor) -> Tensor:
        """s(w, o) and every s(w, n_i)."""
        if x.ndim != 2 or x.shape[1] < 2:
            raise UsageError(f"x must be (N, 2 + k) numbers of words; its shape is {tuple(x.shape)}")
        x = x.long()
        return torch.einsum("nd,nkd->nk", self.words[x[:, 0]], self.contexts[x[:, 1:]])

    def word_vectors(self) -> Tensor:
        """The rows v of every word, (K, D)."""
        return self.words

    def extra_repr(self) -> str:
        """What the constructor was told."""
        K, D = self.words.shape
        return f"{K}, embedding_size={D}, negative={self.negative}, sample={self.sample:g}"

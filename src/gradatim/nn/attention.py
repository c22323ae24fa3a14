"""Attention: the steps of a memory weighed by how well each fits a query."""

from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, whole
from gradatim.functional.attention_scores import score_named
from gradatim.nn.initialise import draw
from gradatim.nn.tanh_scores import tanh_scores


class Attention(nn.Module):
    """Attention of queries to a memory (Bahdanau, Cho & Bengio 2015; Luong, Pham & Manning 2015; E12).

        e_tl = score(s_t, h_l);   α_t = softmax_l(e_t) over the real steps of the memory;   c_t = Σ_l α_tl h_l

        additive    vᵀ tanh(W s + U h)      Bahdanau, Cho & Bengio 2015
        concat      vᵀ tanh(W [s; h])       Luong, Pham & Manning 2015
        dot         sᵀ h                    likewise; query and memory have one size
        general     sᵀ W h                  likewise
        scaled_dot  (W s)ᵀ (U h) / √A       one head of Vaswani et al. 2017, whose values are h itself

    Shapes: query (N, T, Q), memory (N, L, M), real (N, L), true where a step is no padding → the contexts c
    (N, T, M) and the weights α (N, T, L), 0 at padding; all are 0 where a memory has no real step.

    `attention_size` A is that of the hidden layer, or of the space in which scaled_dot compares; None is M.
    `keys` gives what depends on the memory alone, U h or W h; given back, it is not computed anew at every
    step. additive and concat are one function whose weights are written in two ways. Raises UsageError for a
    score that there is not, and for sizes that do not fit.

    >>> attention = Attention(3, 2, "additive")
    >>> real = torch.tensor([[True, True, False, False]])
    >>> c, weights = attention(torch.zeros(1, 1, 3), torch.ones(1, 4, 2), real)
    >>> c.tolist(), weights.tolist()
    ([[[1.0, 1.0]]], [[[0.5, 0.5, 0.0, 0.0]]])
    """

    init: ClassVar[str] = "xavier_uniform"
    v: Tensor

    def __init__(
        self, query_size: int, memory_size: int, score: str = "additive", attention_size: int | None = None
    ):
        super().__init__()
        self.query_size = whole("query_size", query_size, 1)
        self.memory_size = whole("memory_size", memory_size, 1)
        size = memory_size if attention_size is None else attention_size
        self.attention_size, self.score = whole("attention_size", size, 1), score
        self.kind = score_named(score, self.query_size, self.memory_size)
        self.scale = self.attention_size**-0.5 if self.kind.scaled else 1.0
        for name, shape in self._shapes().items():
            self.register_parameter(name, nn.Parameter(torch.empty(shape)))
        self.draw_parameters(0, "")

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """Draw every matrix by (seed, name)."""
        for name, parameter in self.named_parameters():
            draw(parameter, self.init, seed, f"{prefix}{name}")

    def keys(self, memory: Tensor) -> Tensor:
        """What the scores read of a memory, (N, L, A), (N, L, Q), or the memory itself."""
        _, of_memory = self._maps()
        return memory if of_memory is None else F.linear(memory, of_memory)

    def weights(self, query: Tensor, keys: Tensor, real: Tensor | None = None) -> Tensor:
        """The weights α (N, T, L) of queries, from a memory's keys."""
        of_query, _ = self._maps()
        q = query if of_query is None else F.linear(query, of_query)
        scores = tanh_scores(q, keys, self.v) if self.kind.tanh else q * self.scale @ keys.transpose(1, 2)
        if real is None:
            return scores.softmax(2)
        padding = ~real[:, None]
        lowest = torch.finfo(scores.dtype).min  # not −∞, so that a memory without a step gives no NaN
        return scores.masked_fill(padding, lowest).softmax(2).masked_fill(padding, 0)

    def forward(
        self, query: Tensor, memory: Tensor, real: Tensor | None = None, keys: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """The contexts and the weights."""
        self._check(query, memory)
        weights = self.weights(query, self.keys(memory) if keys is None else keys, real)
        return weights @ memory, weights

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        return self.kind.shapes(self.query_size, self.memory_size, self.attention_size)

    def _maps(self) -> tuple[Tensor | None, Tensor | None]:
        """What maps a query, and what maps a step of the memory."""
        return self.kind.maps(dict(self.named_parameters()), self.query_size)

    def _check(self, query: Tensor, memory: Tensor) -> None:
        wanted = (("a query", query, self.query_size), ("a memory", memory, self.memory_size))
        for what, x, size in wanted:
            if x.ndim != 3 or x.shape[2] != size or len(x) != len(query):
                raise UsageError(
                    f"{what} of this attention is (N, steps, {size}), with as many examples in the query as "
                    f"in the memory; it got {tuple(x.shape)}"
                )

    def extra_repr(self) -> str:
        """What the constructor was told."""
        sizes = f"{self.query_size}, {self.memory_size}, score={self.score!r}"
        return f"{sizes}, attention_size={self.attention_size}"

"""A class for a text, by its n-grams and by its words."""

from typing import Any, ClassVar

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gradatim.checks import UsageError, real, whole
from gradatim.nn.dense import Dense
from gradatim.nn.dropout import Dropout
from gradatim.nn.initialise import draw
from gradatim.nn.sequence.padding import mask_of

SMOOTH = 1.0  # texts that are counted beside those of training, with and without each n-gram


class TextClassifier(nn.Module):
    """The mean of three classifiers of a text, each of which learns for itself (Mesnil et al. 2015).

        wide:  s_k = b_k + Σ_f r_fk w_fk          over the text's n-grams f; one of words, one of characters
        deep:  s   = W [mean_t E x_t; max_t E x_t] + b          over its words x_t
        r_fk   = log P(f | k) − mean_j log P(f | j),   P(f | k) = (n_fk + 1)/(n_k + 2)

    n_fk of the n_k training texts of class k hold f: `begin_from` counts. So r is naive Bayes' evidence for a
    class, and the weights w, which begin at `scale`, learn how much of it to believe (Wang & Manning 2012;
    wide beside deep: Cheng et al. 2016). The vectors E of words are pooled (Shen et al. 2018). Of a single
    output, for two classes, r is log P(f | 1) − log P(f | 0).

    Shapes: values (N, T), the numbers 0 … `words` of a text's words and behind them those of its n-grams,
    up to vocabulary_size − 1, the first `word_n_grams` of which are of words; lengths (N,) → scores (N, K),
    while training those of each part. `dropout` falls on E x_t and on what is pooled, `n_gram_dropout` on
    r w. A part without symbols is left out.

    Raises UsageError for sizes that cannot be, and for other inputs.

    >>> network = TextClassifier(9, words=3, word_n_grams=2, num_classes=2).eval()
    >>> network(torch.tensor([[3, 1, 4, 8], [0, 5, 0, 0]]), torch.tensor([4, 2])).shape
    torch.Size([2, 2])
    """

    layout: ClassVar[str] = "padded"  # of the examples that it reads
    reads: ClassVar[dict[str, str]] = {"text_symbols": "n_grams"}  # for the encoder of one sequence

    def __init__(
        self, vocabulary_size: int, *, words: int, word_n_grams: int, num_classes: int,
        embedding_size: int = 32, dropout: float = 0.5, n_gram_dropout: float = 0.3, scale: float = 0.1,
    ):  # fmt: skip
        super().__init__()
        self.vocabulary_size = whole("vocabulary_size", vocabulary_size, 1)
        self.words, self.word_n_grams = whole("words", words, 0), whole("word_n_grams", word_n_grams, 0)
        self.n_grams = self.vocabulary_size - 1 - self.words
        if self.n_grams < self.word_n_grams:
            raise UsageError(
                f"vocabulary_size must be at least 1 + words + word_n_grams, "
                f"{1 + self.words + self.word_n_grams}; it is {self.vocabulary_size}"
            )
        self.scale = real("scale", scale, above=0)
        self.evidence = nn.Buffer(torch.empty(self.n_grams, num_classes))  # r
        self.trust = nn.Parameter(torch.empty(self.n_grams, num_classes))  # w
        self.bias = nn.Parameter(torch.empty(2, num_classes))  # of n-grams of words, of characters
        self.embedding = Dense(self.words + 1, embedding_size, bias=False, init="xavier_uniform")
        self.dropout, self.n_gram_dropout = Dropout(dropout), Dropout(n_gram_dropout)
        self.head = Dense(2 * embedding_size, num_classes, init="xavier_uniform")
        self.draw_parameters(0, "")

    @property
    def output_weights(self) -> tuple[float, ...]:
        """Of the losses of the parts while training."""
        return (1 / len(self.parts),) * len(self.parts)

    @property
    def parts(self) -> tuple[str, ...]:
        """The classifiers that have symbols to read."""
        there = {
            "words": self.word_n_grams, "characters": self.n_grams - self.word_n_grams, "deep": self.words,
        }  # fmt: skip
        return tuple(name for name, symbols in there.items() if symbols) or ("deep",)

    def draw_parameters(self, seed: int, prefix: str) -> None:
        """No evidence yet: r is 1 for all, and w begins at its scale; the other layers draw themselves."""
        if self.trust.is_meta:
            return
        with torch.no_grad():
            self.evidence.fill_(1.0)
            self.trust.fill_(self.scale)
        draw(self.bias, "zeros", seed, f"{prefix}bias")

    @torch.no_grad()
    def begin_from(self, examples: Any) -> None:
        """Set r, and b to log P(k), by training texts: a Ragged of such values, y (N,) class numbers."""
        y = np.asarray(examples.y).reshape(-1).astype(np.int64)
        outputs = self.trust.shape[1]
        classes = max(outputs, 2)
        texts = np.bincount(y, minlength=classes)
        rows = np.repeat(y, examples.lengths)
        there = examples.values > self.words
        places = (examples.values[there] - self.words - 1) * classes + rows[there]
        n = np.bincount(places, minlength=self.n_grams * classes).reshape(self.n_grams, classes)
        r = np.log((n + SMOOTH) / (texts + 2 * SMOOTH))
        b = np.log((texts + SMOOTH) / (len(y) + classes * SMOOTH))
        r, b = (_of_outputs(one, outputs) for one in (r, b))
        self.evidence.copy_(torch.from_numpy(r))
        self.bias.copy_(torch.from_numpy(b).expand(2, -1))

    def forward(self, values: Tensor, lengths: Tensor) -> Any:
        """The classes' scores: while training those of each part, else their mean."""
        if values.ndim != 2 or values.is_floating_point():
            got = f"{values.dtype} of shape {tuple(values.shape)}"
            raise UsageError(f"the network reads whole numbers (texts, symbols); it got {got}")
        real_ = mask_of(lengths, values.shape[1], len(values), "right", values.device).t()
        found = []
        if self.n_grams:
            found = self._wide(values, real_)
        if "deep" in self.parts:
            found.append(self._deep(values, real_ & (values <= self.words)))
        if self.training and len(found) > 1:
            return tuple(found)
        return torch.stack(found).mean(0)

    def _wide(self, values: Tensor, real_: Tensor) -> list[Tensor]:
        """Σ_f r_f w_f + b of n-grams of words, and of characters."""
        places = (values - self.words - 1).clamp_min(0)  # (N, T)
        each = F.embedding(places, self.evidence * self.trust)  # (N, T, K)
        each = self.n_gram_dropout(each)
        there = real_ & (values > self.words)
        of_words = there & (places < self.word_n_grams)
        sums = [(each * mask[..., None].to(each.dtype)).sum(1) for mask in (of_words, there & ~of_words)]
        named = zip(("words", "characters"), sums, self.bias, strict=True)
        return [sum_ + b for name, sum_, b in named if name in self.parts]

    def _deep(self, values: Tensor, there: Tensor) -> Tensor:
        """W [mean; max] + b over the words' vectors."""
        steps = int(there.sum(1).max())  # the words come first
        there = there[:, :steps, None]
        numbers = values[:, :steps].clamp_max(self.words)
        vectors = self.dropout(F.embedding(numbers, self.embedding.weight.t()))  # (N, T, E)
        mean = (vectors * there.to(vectors.dtype)).sum(1) / there.sum(1).clamp_min(1).to(vectors.dtype)
        largest = vectors.masked_fill(~there, float("-inf")).amax(1)
        return self.head(self.dropout(torch.cat([mean, largest], 1)))

    def weights_of_n_grams(self) -> Tensor:
        """r_fk w_fk, (F, K): what each n-gram adds to its part's score of each class."""
        return (self.evidence * self.trust).detach()


def _of_outputs(logs: np.ndarray, outputs: int) -> np.ndarray:
    """Logarithms (…, K) around their mean over the classes; of a single output that of the second over the
    first.
    """
    if outputs == 1:
        return logs[..., 1:] - logs[..., :1]
    return logs - logs.mean(-1, keepdims=True)

"""How skip-gram learns."""

from collections.abc import Iterator
from typing import Any, ClassVar, Self

import numpy as np
import torch

from gradatim.checks import UsageError, notice, one_of, real, whole
from gradatim.data.contexts import Contexts
from gradatim.data.words_in_context import WordsInContext
from gradatim.models.skip_gram import SkipGram
from gradatim.random import key
from gradatim.training.loop import Loop, State, tensors_of
from gradatim.unsupervised.skip_gram_kernel import Steps, padded_rows
from gradatim.unsupervised.skip_gram_steps import Kept, rates_of

MOST_REACH = 1000  # words on each side


class SkipGramTraining(Loop):
    """Skip-gram with negative sampling, a step for each pair of a word and a context (Mikolov et al. 2013).

        log σ(u_oᵀ v_w) + Σ_{i=1…k} log σ(−u_{n_i}ᵀ v_w)   is made larger:   θ ← θ + α ∂/∂θ,
        α = α₀ max(1 − p, 10⁻⁴),   p the share of the words that is done

    Which words are kept, how far contexts reach and which words are noise: see `data.contexts`. All is drawn
    by (seed, epoch, place), so the batches only say how many words there are between two looks at the clock.
    The steps are compiled where there is a compiler and else NumPy's; one thread takes them, in order.

    A record holds the mean loss of a pair before its step; on `valid` the loss of pairs that are the same
    each time, and how often the context's score is above a noise word's.

    Parameters: `model`, a SkipGram, trained in place. `data` and `valid`, Contexts. `lr` is α₀.

    Raises UsageError for a value that cannot be.

    >>> text = Contexts(np.array([1, 2] * 50 + [3, 4] * 50), np.array([0, 50, 50, 50, 50]), window=1)
    >>> loop = SkipGramTraining(SkipGram(5, 8, sample=0), text, epochs=20, lr=0.5)
    >>> losses = [record.train_loss for record in loop]
    >>> losses[-1] < losses[0]
    True
    """

    framework = "np"
    task: ClassVar[str] = "word_vectors"
    takes: ClassVar[tuple[str, ...]] = ("epochs", "batch_size", "lr", "seed", "max_minutes", "precision")
    usual: ClassVar[dict[str, Any]] = {
        "batch_size": 10_000, "lr": 0.025, "schedule": "constant", "device": "cpu", "threads": 1,
        "keep": "last",
    }  # fmt: skip
    reasons: ClassVar[dict[str, str]] = {"lr": "word2vec's"}
    update: ClassVar[str] = "gradient ascent, a pair at a time"
    rate_in_words = "falling to 0"

    def __init__(
        self, model: SkipGram, data: Contexts, *, epochs: int = 5, batch_size: int = 10_000,
        lr: float = 0.025, seed: int = 0, valid: Contexts | None = None, max_minutes: float | None = None,
        precision: str = "float32",
    ):  # fmt: skip
        super().__init__(epochs, max_minutes=max_minutes)
        whole("window", data.window, 1, MOST_REACH)
        self.seed, self.size = whole("seed", seed, 0), whole("batch_size", batch_size, 1)
        self.first_rate = real("lr", lr, above=0)
        self.dtype = np.dtype(one_of("precision", precision, ("float32", "float64")))
        self.network = model.to("cpu", getattr(torch, precision))
        K, self.D = model.words.shape
        self.W, self.C = (padded_rows(K, self.D, self.dtype) for _ in range(2))
        self._take_from_network()
        self.steps = Steps(self.W, self.C, model.negative)
        self.data: Contexts | None = data
        self.held = None if valid is None else valid.held().x
        if self.held is not None and not len(self.held):
            self.held = None
        self.rate = self.first_rate
        self._epoch: tuple[int, Kept] | None = None  # the number of an epoch, and its words
        if len(data.tokens) < 2:
            raise UsageError("skip-gram learns from at least two words that have a vector")

    @classmethod
    def of_settings(cls, model: Any, data: Any, valid: Any, loss: Any, settings: dict[str, Any]) -> Self:
        """With the run's rate, batches, epochs, seed and precision."""
        return cls(model, data, valid=valid, **{name: settings[name] for name in cls.takes})

    @classmethod
    def problem_of(cls, problem: Any, examples: Any, loss: Any) -> Any:
        """The same; UsageError for a text that was read for a language model."""
        if not isinstance(examples, WordsInContext):
            raise UsageError("skip_gram reads a text for --task word_vectors: leave out --task")
        return problem

    @property
    def model(self) -> SkipGram:
        """The network, with the vectors as they are."""
        with torch.no_grad():
            self.network.words.copy_(torch.from_numpy(self.W[:, : self.D]))
            self.network.contexts.copy_(torch.from_numpy(self.C[:, : self.D]))
        return self.network

    def _take_from_network(self) -> None:
        self.W[:, : self.D] = self.network.words.detach().numpy()
        self.C[:, : self.D] = self.network.contexts.detach().numpy()

    @property
    def lr(self) -> float:
        """The α of the last word."""
        return self.rate

    @property
    def path(self) -> str:
        """Which code takes its steps, and why."""
        return self.steps.path

    def begin(self) -> None:
        """Say where the steps are slow."""
        if not self.steps.compiled:
            notice(f"the steps of skip-gram are slow without a compiled kernel; {self.path}")

    @property
    def length(self) -> int:
        """Batches in an epoch: of the words that are kept in it."""
        return 0 if self.data is None else -(-len(self._kept(self.epoch).words) // self.size)

    def _draws(self, epoch: int) -> Any:
        assert self.data is not None
        return self.data.draws(key(self.seed, "skip_gram", epoch), self.network.negative)

    def _kept(self, epoch: int) -> Kept:
        """The words of an epoch, and the rate of each."""
        if self._epoch is None or self._epoch[0] != epoch:
            assert self.data is not None
            tokens = self.data.tokens
            places = self.data.kept(self._draws(epoch), self.network.sample)
            rates = rates_of(self.first_rate, (epoch + places / len(tokens)) / self.epochs)
            self._epoch = epoch, Kept(tokens[places], places, rates)
        return self._epoch[1]

    def extend(self, epochs: int) -> None:
        """Learn for `epochs` in all; the rates fall by these."""
        super().extend(epochs)
        self._epoch = None

    def batches(self, epoch: int, start: int) -> Iterator[tuple[int, int]]:
        """The first word of each batch, and the one behind its last."""
        n = len(self._kept(epoch).words)
        for at in range(start * self.size, n, self.size):
            yield at, min(at + self.size, n)

    def take_step(self, group: list) -> dict[str, Any]:
        """The steps of one batch."""
        ((first, last),) = group
        kept = self._kept(self.epoch)
        loss, pairs = self.steps.take(kept, self._draws(self.epoch), first, last)
        self.rate = float(kept.rates[last - 1])
        return {"loss_sum": loss, "weight_sum": float(pairs)}

    def measure(self) -> dict[str, float]:
        """Of the held pairs of validation."""
        return {} if self.held is None else self._measures(self.held)

    def evaluate(self, data: Any) -> dict[str, float]:
        """The same of other Contexts."""
        return self._measures(data.held().x)

    def _measures(self, x: np.ndarray) -> dict[str, float]:
        from gradatim.problems.word_contexts import WordContexts

        a = np.concatenate([self._scores(part) for part in np.array_split(x, max(len(x) // 4096, 1))])
        return WordContexts((), "binary_cross_entropy").measures(a, np.zeros(len(a)))

    def _scores(self, x: np.ndarray) -> np.ndarray:
        return np.einsum("nd,nkd->nk", self.W[x[:, 0]], self.C[x[:, 1:]])

    def bad_parameter(self) -> str | None:
        """The first parameter that is not finite, in words."""
        for name, values in (("words", self.W), ("contexts", self.C)):
            if not np.isfinite(values).all():
                return f"a {name} vector that is not finite"
        return None

    def keep(self, last: bool = False) -> int:
        """The vectors as they are."""
        _ = self.model
        return self.epoch

    def end(self) -> None:
        """Let go of the text."""
        self.model.eval()
        self.data = self.held = self._epoch = None

    def own_state(self) -> State:
        """The vectors, and the last rate; all others, and the draws, are functions of the counters."""
        tensors = {"model.words": self.W[:, : self.D].copy(), "model.contexts": self.C[:, : self.D].copy()}
        return tensors, {"rate": self.rate}

    def restore_own(self, tensors: dict[str, Any], numbers: dict[str, Any]) -> None:
        """Take back what `own_state` gave."""
        found = tensors_of("model", tensors)
        for name, mine in (("words", self.W[:, : self.D]), ("contexts", self.C[:, : self.D])):
            if found[name].shape != mine.shape:
                raise UsageError(f"the checkpoint's {name} are {found[name].shape}, not {mine.shape}")
            mine[:] = found[name]
        self.rate = float(numbers["rate"])

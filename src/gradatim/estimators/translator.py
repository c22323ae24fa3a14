"""From sentences to sentences of another language, with scikit-learn's interface."""

from collections.abc import Sequence
from typing import Any, ClassVar

from gradatim.checks import UsageError
from gradatim.data.pairs import Pairs
from gradatim.data.sentence_pairs import SENTENCES, sentence_pairs
from gradatim.estimators.arguments import argument, keep
from gradatim.estimators.text_network import TextNetwork, texts_of


class Translator(TextNetwork):
    """Recurrent encoder and decoder with attention (Bahdanau, Cho & Bengio 2015; curriculum E12).

        m = encoder(x);   p(y | x) = Π_t softmax(decoder(y_1 … y_{t−1}, Σ_l α_tl m_l))

    X is a list of sentences, y a list of their translations, of which each may be a list of several right
    ones. What is not given is the recipe's, chosen by how many pairs there are: see `gradatim train`.

    Parameters: `hidden_size` units, of `cell`; `attention`, a score of `nn.Attention`; `units` that sentences
    are cut into, bpe, words or characters, at most `vocabulary` of them; `dropout`; a rate that begins at
    `learning_rate_init`; `batch_size`, pairs of a step; `max_iter`, epochs; `validation_fraction`, the share
    of pairs by which the epoch is chosen; `beam`, translations that are followed at every step.

    Learned: `loss_curve_`, `n_iter_`, and `network_`, a torch module.

    Raises UsageError for a number out of its bounds, and for sentences that are empty or have no translation,
    naming the first.

    >>> X = ["ein Hund schläft heute im Haus", "eine Katze läuft"] * 20
    >>> y = ["a dog sleeps in the house today", "a cat runs"] * 20
    >>> found = Translator(16, units="words", learning_rate_init=0.02, max_iter=25, dropout=0).fit(X, y)
    >>> found.predict(["eine Katze läuft"]).tolist(), found.score(X[:2], y[:2])
    (['a cat runs'], 100.0)
    """

    measure: ClassVar[str] = "bleu"

    def __init__(
        self, hidden_size: int | None = None, *, cell: str = "gru", attention: str = "additive",
        units: str = "bpe", vocabulary: int | None = None, dropout: float | None = None,
        learning_rate_init: float | None = None, batch_size: int | None = None, max_iter: int | None = None,
        validation_fraction: float = 0.1, beam: int = 5, random_state: Any = 0, n_jobs: int | None = None,
        verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def _pairs(self, X: Any, y: Sequence[Any] | None) -> Pairs:
        sentences = texts_of(X, "X")
        if y is not None:
            return sentence_pairs(sentences, y, most=argument(self, "vocabulary"))
        if not all(isinstance(one, str) and one.strip() for one in sentences):
            raise UsageError("X must be sentences, none of them empty")
        return Pairs(tuple(sentences), (), SENTENCES)

    def _network(self) -> tuple[str | None, dict[str, Any]]:
        return "attention_encoder_decoder", {"attention": argument(self, "attention")}

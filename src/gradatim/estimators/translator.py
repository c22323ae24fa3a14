"""From sentences to sentences of another language, with scikit-learn's interface."""

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from gradatim.checks import UsageError
from gradatim.data.sentence_pairs import SENTENCES, sentence_pairs
from gradatim.estimators.arguments import Bounds, argument, check, keep, seed_of
from gradatim.estimators.plan_training import train_plan
from gradatim.estimators.table_network import threads_of

BOUNDS: Bounds = {
    "learning_rate_init": {"above": 0},
    "dropout": {"at_least": 0, "below": 1},
    "validation_fraction": {"at_least": 0, "below": 1},
}


class Translator(BaseEstimator):
    """Recurrent encoder and decoder with attention (Bahdanau, Cho & Bengio 2015; curriculum E12).

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

    def __init__(
        self, hidden_size: int | None = None, *, cell: str = "gru", attention: str = "additive",
        units: str = "bpe", vocabulary: int | None = None, dropout: float | None = None,
        learning_rate_init: float | None = None, batch_size: int | None = None, max_iter: int | None = None,
        validation_fraction: float = 0.1, beam: int = 5, random_state: Any = 0, n_jobs: int | None = None,
        verbose: bool = False,
    ):  # fmt: skip
        keep(self, locals())

    def fit(self, X: Any, y: Any) -> "Translator":
        """Learn from sentences X and their translations y, each a list of N."""
        from gradatim.data.splits import split
        from gradatim.planning.find_data import Data
        from gradatim.planning.plan import make_plan
        from gradatim.planning.training_options import settings_from

        check(self, {name: one for name, one in BOUNDS.items() if argument(self, name) is not None})
        width = argument(self, "hidden_size")
        pairs = sentence_pairs(_texts(X, "X"), _texts(y, "y"), most=argument(self, "vocabulary"))
        parts = split(pairs, valid=argument(self, "validation_fraction"), test=0)
        settings = settings_from({
            "hidden": None if width is None else (width,), "cell": argument(self, "cell"),
            "text_units": argument(self, "units"), "dropout": argument(self, "dropout"),
            "lr": argument(self, "learning_rate_init"), "batch_size": argument(self, "batch_size"),
            "epochs": argument(self, "max_iter"), "seed": seed_of(self.random_state),
            "threads": threads_of(argument(self, "n_jobs")), "engine": "torch",
        })  # fmt: skip
        data = Data(parts.train, parts.valid, None, pairs.name, {}, pairs.notices)
        network = {"attention": argument(self, "attention")}
        plan = make_plan(data, settings, "attention_encoder_decoder", network)
        found = train_plan(plan, argument(self, "verbose"))
        self.loss_curve_, self.n_iter_ = found.losses, found.epochs
        self._trained, self.network_ = plan.trained, plan.trained.module()
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The translation of each sentence of X, an array (N,) of texts."""
        return self._said(X, None)["text"]

    def n_best(self, X: Any, n: int) -> list[list[str]]:
        """The n likeliest translations of each sentence of X, the likeliest first."""
        return [[one.text for one in some] for some in self._said(X, n)["others"]]

    def score(self, X: Any, y: Any) -> float:
        """BLEU of the translations of X, out of 100, y the right ones."""
        right = sentence_pairs(_texts(X, "X"), _texts(y, "y")).references
        return self._trained.problem.scores_of(self.predict(X).tolist(), right)["bleu"]

    def _said(self, X: Any, best: int | None) -> np.ndarray:
        check_is_fitted(self)
        from dataclasses import replace

        from gradatim.data.pairs import Pairs
        from gradatim.runs.asking import ask

        texts = _texts(X, "X")
        if not all(isinstance(one, str) and one.strip() for one in texts):
            raise UsageError("X must be sentences, none of them empty")
        problem = self._trained.problem.looked_for(argument(self, "beam"), best)
        return ask(replace(self._trained, problem=problem), Pairs(tuple(texts), (), SENTENCES)).a


def _texts(given: Any, name: str) -> list[Any]:
    """A list of texts, or of several each; UsageError for what is none."""
    if given is None or isinstance(given, str) or not hasattr(given, "__len__"):
        raise UsageError(f"{name} must be a list of sentences; it is {type(given).__name__}")
    found = list(given)
    for number, one in enumerate(found):
        several = isinstance(one, list | tuple) and one and all(isinstance(text, str) for text in one)
        if not isinstance(one, str) and not several:
            raise UsageError(f"{name}[{number}] must be a sentence; it is {one!r}")
    return found

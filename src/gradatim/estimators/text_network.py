"""What Translator and Captioner share: a run's recipe for answers that are texts, without its folder."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from gradatim.checks import UsageError
from gradatim.data.pairs import Pairs
from gradatim.data.splits import split
from gradatim.estimators.arguments import Bounds, argument, check, seed_of
from gradatim.estimators.plan_training import train_plan
from gradatim.estimators.table_network import threads_of
from gradatim.planning.make_plan import make_plan
from gradatim.planning.run_data import Data
from gradatim.planning.training_options import settings_from
from gradatim.runs.asking import ask
from gradatim.runs.trained import Trained

BOUNDS: Bounds = {
    "learning_rate_init": {"above": 0},
    "dropout": {"at_least": 0, "below": 1},
    "validation_fraction": {"at_least": 0, "below": 1},
}
SETTINGS = {  # of a run, by the estimators' names
    "dropout": "dropout", "learning_rate_init": "lr", "batch_size": "batch_size", "max_iter": "epochs",
    "units": "text_units", "cell": "cell",
}  # fmt: skip


class TextNetwork(BaseEstimator):
    """The wiring; a subclass says what X is with `_pairs`, and which network reads it."""

    measure: ClassVar[str]  # that `score` gives
    _trained: Trained

    def _pairs(self, X: Any, y: Sequence[Any] | None) -> Pairs:
        """X and its texts, or X alone; UsageError naming what cannot be."""
        raise NotImplementedError

    def _network(self) -> tuple[str | None, dict[str, Any]]:
        """The network's name, the recipe's where it is None, and its arguments."""
        raise NotImplementedError

    def fit(self, X: Any, y: Any) -> Any:
        """Learn from X and its texts y, each a list of N."""
        check(self, {name: one for name, one in BOUNDS.items() if argument(self, name) is not None})
        width, takes = argument(self, "hidden_size"), self.get_params(deep=False)
        asked = {name: argument(self, own) for own, name in SETTINGS.items() if own in takes}
        pairs: Any = self._pairs(X, texts_of(y, "y"))
        parts = split(pairs, valid=argument(self, "validation_fraction"), test=0)
        settings = settings_from({
            **asked, "hidden": None if width is None else (width,),
            "seed": seed_of(argument(self, "random_state")), "engine": "torch",
            "threads": threads_of(argument(self, "n_jobs")),
        })  # fmt: skip
        data = Data(parts.train, parts.valid, None, pairs.name, {}, pairs.notices)
        plan = make_plan(data, settings, *self._network())
        found = train_plan(plan, argument(self, "verbose"))
        self.loss_curve_, self.n_iter_ = found.losses, found.epochs
        self._trained, self.network_ = plan.trained, plan.trained.module()
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The likeliest text of each of X, an array (N,) of texts."""
        return self._said(X, None)["text"]

    def n_best(self, X: Any, n: int) -> list[list[str]]:
        """The n likeliest texts of each of X, the likeliest first."""
        return [[one.text for one in some] for some in self._said(X, n)["others"]]

    def score(self, X: Any, y: Any) -> float:
        """BLEU of what is said of X, out of 100, y the right texts."""
        right = self._pairs(X, texts_of(y, "y")).references
        problem: Any = self._trained.problem
        return problem.scores_of(self.predict(X).tolist(), right)[self.measure]

    def _said(self, X: Any, best: int | None) -> np.ndarray:
        check_is_fitted(self)
        problem = self._trained.problem.looked_for(argument(self, "beam"), best)
        return ask(replace(self._trained, problem=problem), self._pairs(X, None)).a


def texts_of(given: Any, name: str) -> list[Any]:
    """A list of texts, or of several each; UsageError for what is none."""
    if given is None or isinstance(given, str) or not hasattr(given, "__len__"):
        raise UsageError(f"{name} must be a list of sentences; it is {type(given).__name__}")
    found = list(given)
    for number, one in enumerate(found):
        several = isinstance(one, list | tuple) and one and all(isinstance(text, str) for text in one)
        if not isinstance(one, str) and not several:
            raise UsageError(f"{name}[{number}] must be a sentence; it is {one!r}")
    return found

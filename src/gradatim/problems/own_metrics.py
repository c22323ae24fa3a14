"""Metrics beside a problem's own measures: scikit-learn's scorers by name, and functions of the user's."""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from inspect import signature
from math import isfinite
from typing import Any

import numpy as np

from gradatim.checks import GradatimError, Notice, UsageError, known, shown
from gradatim.problems.problem import Array, Problem

PROBABILITIES = ("y_score", "y_prob", "y_proba", "probabilities")  # a second argument that is not answers
OF_NUMBERS = ("r2", "explained_variance", "d2_absolute_error_score")  # beside all errors and deviances
KINDS = {  # of problem: what scorers see of its answers
    "classes": "classes", "labels": "classes", "tags": "classes", "numbers": "numbers",
    "intervals": "numbers", "counts": "numbers", "tasks": "several tasks",
}  # fmt: skip


@dataclass(frozen=True)
class OwnMetrics:
    """Scorers of scikit-learn by name, and functions by the names that they are given.

    A function is called with the true answers and the predicted ones, `function(y_true, y_pred)`: names of
    classes, 0 and 1 of labels (N, K), numbers. One whose second argument is called `y_score`, `y_prob`,
    `y_proba` or `probabilities` gets probabilities instead: (N, K), of two classes the second one's, (N,).
    A scorer sees the numbers of classes; of two, 1 is the second. An error by name needs no `neg_`: less is
    better then.

    >>> from gradatim.problems.classes import Classes
    >>> problem, a = Classes(("no", "yes"), "cross_entropy"), np.array([[1.0, 0], [0, 1], [0, 1]])
    >>> OwnMetrics(("recall",)).measures(problem, a, np.array([0, 1, 0]))
    {'recall': 1.0}
    """

    scorers: tuple[str, ...] = ()
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.scorers or self.functions)

    def and_others(self, others: "OwnMetrics") -> "OwnMetrics":
        """These and others."""
        scorers = dict.fromkeys((*self.scorers, *others.scorers))
        return OwnMetrics(tuple(scorers), {**self.functions, **others.functions})

    def check(self, problem: Problem) -> "OwnMetrics":
        """These metrics, or UsageError where the problem has no answers for them."""
        if self and problem.has_own_loss:
            raise UsageError("metrics are measured of answers, which a loss of your own does not give")
        answers = KINDS.get(problem.kind, problem.kind)
        for name in self.scorers:
            wanted = "numbers" if is_of_numbers(name) else "classes"
            if wanted != answers:
                raise UsageError(f"the metric {name} compares {wanted}; this network answers with {answers}")
        return self

    def measures(
        self, problem: Problem, a: Array, y: Array, known_already: Iterable[str] = ()
    ) -> dict[str, float]:
        """Their values for outputs a and targets y; a Notice, which is a warning, tells of one that fails.

        What is `known_already` is not measured again.
        """
        taken, found = set(known_already), {}
        every = {name: partial(_score, name) for name in self.scorers if name not in taken}
        every |= {name: partial(_call, function) for name, function in self.functions.items()}
        for name, measure in every.items():
            try:
                if name in taken:
                    raise GradatimError("this name is a measure's already; give yours another")
                found[name] = _number(measure(problem, a, y))
            except Exception as error:
                said = str(error).splitlines()[0] if str(error) else type(error).__name__
                warnings.warn(f"the metric {name} is not available: {said}", Notice, stacklevel=2)
        return found


def own_metrics(asked: Any) -> OwnMetrics:
    """Metrics as they are asked for: "f1_macro,recall", a list of names and functions, or {name: function};
    UsageError for a name that there is not.

    >>> own_metrics("f1_macro, recall").scorers
    ('f1_macro', 'recall')
    """
    if asked is None:
        return OwnMetrics()
    if isinstance(asked, Mapping):
        functions = dict(asked)
        names: list[str] = []
    else:
        several = asked.split(",") if isinstance(asked, str) else asked
        if not isinstance(several, Iterable):
            raise UsageError(f"metrics are names, functions or {{name: function}}; here is {shown(asked)}")
        several = list(several)
        names = [one.strip() for one in several if isinstance(one, str) and one.strip()]
        functions = {getattr(one, "__name__", ""): one for one in several if not isinstance(one, str)}
    for name, function in functions.items():
        if not isinstance(name, str) or not callable(function) or name in ("", "<lambda>"):
            raise UsageError(
                f"a metric of your own is {{name: function}}; here is {shown(name)}: {shown(function)}"
            )
    chosen = (known("metric", name, scorer_names()) for name in names)
    return OwnMetrics(tuple(dict.fromkeys(chosen)), functions)


def functions_sentence(names: Sequence[str]) -> str:
    """What to know of metrics that are functions, once their run is loaded.

    >>> functions_sentence(["profit"])
    "no file holds a Python function: to measure profit again, give it to evaluate(metrics={'profit': …})"
    """
    given = ", ".join(f"{name!r}: …" for name in names)
    which = f"{' and '.join(names)} again, give {'it' if len(names) == 1 else 'them'}"
    return f"no file holds a Python function: to measure {which} to evaluate(metrics={{{given}}})"


@lru_cache(maxsize=1)
def scorer_names() -> list[str]:
    """scikit-learn's scorers by name, errors with and without `neg_`."""
    from sklearn.metrics import get_scorer_names

    names = get_scorer_names()
    return sorted({*names, *(name.removeprefix("neg_") for name in names)})


def is_of_numbers(name: str) -> bool:
    """Whether a scorer compares numbers.

    >>> [is_of_numbers(name) for name in ("r2", "mean_absolute_percentage_error", "f1_macro")]
    [True, True, False]
    """
    return name in OF_NUMBERS or "error" in name or "deviance" in name


def _call(function: Callable[..., Any], problem: Problem, a: Array, y: Array) -> Any:
    """A user's function of what is true and what is predicted."""
    arrays = problem.arrays(a)  # of several tasks one for each
    true, predicted = problem.truths(y), arrays["prediction"] if "prediction" in arrays else problem.answer(a)
    if _wants_probabilities(function):
        predicted = problem.predictions(a)
        if true.ndim == 1 and predicted.shape[1:] == (2,):
            predicted = predicted[:, 1]
    if predicted.shape != true.shape and predicted.size == true.size:
        predicted, true = predicted.reshape(-1), true.reshape(-1)
    return function(true, predicted)


def _wants_probabilities(function: Callable[..., Any]) -> bool:
    try:
        names = list(signature(function).parameters)
    except (TypeError, ValueError):  # a function written in C
        return False
    return len(names) > 1 and names[1] in PROBABILITIES


def _score(name: str, problem: Problem, a: Array, y: Array) -> float:
    """A scorer of scikit-learn, asked of answers that are there already."""
    from sklearn.metrics import get_scorer, get_scorer_names

    named = name in get_scorer_names()
    value = get_scorer(name if named else f"neg_{name}")(_stand_in(problem, a), np.arange(len(y))[:, None], y)
    return value if named else -value


def _stand_in(problem: Problem, a: Array) -> Any:
    """An estimator whose answers to the rows 0, 1, … are those of the network."""
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

    predictions, answers = problem.predictions(a), problem.answer(a)
    columns = predictions.shape[-1]
    classes = np.tile([0, 1], (columns, 1)) if problem.kind == "labels" else np.arange(columns)
    is_classifier = KINDS[problem.kind] == "classes"

    class Answers(ClassifierMixin if is_classifier else RegressorMixin, BaseEstimator):  # type: ignore[misc]
        classes_ = classes

        def predict(self, rows: Array) -> Array:
            return answers[rows[:, 0]]

        def predict_proba(self, rows: Array) -> Array:
            return predictions[rows[:, 0]]

    return Answers()


def _number(value: Any) -> float:
    """A finite number; GradatimError for anything else."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise GradatimError(f"it gave {value!r:.60}, which is not one number") from None
    if not isfinite(number):
        raise GradatimError(f"it is {number}")
    return number

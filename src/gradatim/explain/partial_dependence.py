"""Partial dependence: what a network answers on the mean when one column is set to a value everywhere."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gradatim.data.dataset import Dataset
from gradatim.data.tables.inputs import Input, value_text
from gradatim.explain.dependence import SHAPES, Answer, Effect
from gradatim.explain.encoded_rows import EncodedRows, encoded_rows
from gradatim.problems.problem import Problem
from gradatim.runs.trained import Trained

MOST_ROWS = 500
MOST_VALUES = 20  # of a number
MOST_CATEGORIES = 12
MIDDLE = (0.05, 0.95)  # the quantiles between which a number is varied
MOST_ANSWERS = len(SHAPES)  # that are drawn of many classes: those that move most


def dependence(
    trained: Trained, data: Dataset, names: Sequence[str], seed: int, most: int = MOST_ROWS
) -> tuple[list[Effect], int]:
    """The effects of these columns, and over how many examples they are means.

        f̄_j(v) = 1/N Σ_n f(x_n with column j set to v)        (Friedman 2001, eq. 51–53)

    v goes over the column's quantiles, its commonest categories, or no and yes. f is the probability of each
    class, of two classes that of the second; or the predicted number, in its own unit.
    """
    seen = encoded_rows(trained, data, most, seed)
    if seen is None:
        return [], 0
    found = [(j, values_of(seen, j)) for name in names for j in [_place(seen, name)]]
    found = [(j, values) for j, values in found if len(values) > 1]
    means = [mean_answers(seen, j, values) for j, values in found]
    if not means:
        return [], 0
    drawn = trained.problem.moving(np.stack([_reach(mean) for mean in means]), MOST_ANSWERS)
    effects = []
    for (j, values), mean, (of, shown) in zip(found, means, drawn, strict=True):
        effect = _effect(seen, j, values, *_answers(trained.problem, mean, of, shown))
        left_out = (mean.shape[1] - len(shown)) * (of == Problem.SEVERAL)
        effects.append(replace(effect, answers_left_out=left_out))
    return effects, len(seen.x)


def _reach(mean: np.ndarray) -> np.ndarray:
    """How far each answer moves over the values of a column, (K,)."""
    return mean.max(0) - mean.min(0)


def values_of(seen: EncodedRows, j: int) -> np.ndarray:
    """The values that a column is set to: of a number at most 20 quantiles, else what is commonest.

    A free text has none: no two of them need be alike.
    """
    there = seen.raw[:, j][~np.isnan(seen.raw[:, j])]
    if seen.columns[j].kind == "text":
        return there[:0]
    if not len(there):
        return there
    if seen.columns[j].kind in ("number", "date"):
        distinct = np.unique(there)
        if len(distinct) <= MOST_VALUES:
            return distinct
        shares = np.linspace(*MIDDLE, MOST_VALUES)
        found = np.unique(np.quantile(there, shares, method="nearest"))
        few = len(found) < MOST_VALUES / 2  # one value is most of them: then those of the distinct values
        return np.unique(np.append(found, np.quantile(distinct, shares, method="nearest"))) if few else found
    values, counts = np.unique(there, return_counts=True)
    return values if seen.columns[j].kind == "boolean" else values[_commonest(counts)]


def mean_answers(seen: EncodedRows, j: int, values: np.ndarray) -> np.ndarray:
    """The mean answer (G, K) for each of the values (G,)."""
    raw = np.repeat(seen.raw[:1], len(values), 0)
    raw[:, j] = values
    set_to = seen.encode(raw).reshape(len(values), *seen.x.shape[1:])[:, seen.places[j]]
    x, means = seen.x.copy(), []
    for row in set_to:
        x[:, seen.places[j]] = row
        means.append(seen.trained.problem.predictions(seen.outputs(x)).astype(np.float64).mean(0))
    return np.stack(means)


def _answers(problem: Problem, mean: np.ndarray, of: str, shown: list[int]) -> tuple[str, list[Answer]]:
    """What is drawn of the answers (G, K), and what they are."""
    names = problem.prediction_names or tuple(map(str, range(mean.shape[1])))
    return of, [Answer(names[k], mean[:, k].tolist()) for k in shown]


def _effect(seen: EncodedRows, j: int, values: np.ndarray, of: str, answers: list[Answer]) -> Effect:
    one = seen.columns[j]
    there = seen.raw[:, j][~np.isnan(seen.raw[:, j])]
    effect = Effect(one.name, one.kind, values.tolist(), answers, of, [], [])
    if one.kind in ("number", "date"):  # of halves, whose differences cannot overflow
        effect = replace(effect, rug=(2 * np.quantile(there / 2, np.linspace(0.1, 0.9, 9))).tolist())
    if one.kind == "number":
        return effect
    labels = [_label(one, value) for value in values]
    if one.kind == "date":
        return replace(effect, labels=labels)
    return replace(effect, labels=labels, left_out=len(np.unique(there)) - len(values))


def _label(one: Input, value: float) -> str:
    return str(value_text(one, value))


def _commonest(counts: np.ndarray) -> np.ndarray:
    """The places of the commonest, the commonest first."""
    return np.argsort(-counts, kind="stable")[:MOST_CATEGORIES]


def _place(seen: EncodedRows, name: str) -> int:
    return [one.name for one in seen.columns].index(name)

"""A network beside other models that learned from the same examples: what is best, and what beats it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gradatim.explain.number_format import measure, percent
from gradatim.problems.problem import Problem

SHARES = ("accuracy", "coverage", "exact")  # measures said as percentages
LOWER = frozenset([
    "loss", "rmse", "mae", "mase", "hamming_loss", "bits_per_character", "perplexity", "word_error",
    "character_error", "kl_divergence", "reconstruction_error", "nll_per_frame", "quantisation_error",
    "topographic_error", "pinball",
])  # measures of which less is better  # fmt: skip
UNRANKED = frozenset(["interval_coverage", "unknown_words", "kl"])  # of which neither more nor less is
OUT_OF_100 = ("bleu", "chrf")
OF_STEP = "_h"  # behind it stands how far ahead a measure of forecasts looks
CALLED = {  # in a sentence
    "linear model": "a linear model", "mean": "the mean", "weighed mean": "a weighed mean",
    "most frequent tag": "the most frequent tag of each word",
    "source only": "the same network without adapting",
    "commonest caption": "the commonest caption", "nearest picture": "the caption of the nearest picture",
}  # fmt: skip
DECIMAL = re.compile(r"−?\d+(\.\d+)?")  # no share, no thousands, no power of ten
NO_RIVALS = (
    "majority",
    "target only",
)  # the headline names the one; the other knows labels of the test's kind


@dataclass(frozen=True)
class Line:
    """One model: its measures as texts, each with whether it is the best of all."""

    name: str
    what: str
    values: list[tuple[str, bool]]
    seconds: float
    is_network: bool = False


def columns(metrics: dict[str, float], baselines: Sequence[dict[str, Any]]) -> list[str]:
    """The measures that every model has, in the network's order."""
    return [name for name in metrics if all(name in row["metrics"] for row in baselines)]


def lines(metrics: dict[str, float], seconds: float, baselines: Sequence[dict[str, Any]]) -> list[Line]:
    """The network, then the others; empty where there is nothing to compare with.

    >>> row = {"name": "mean", "what": "", "metrics": {"rmse": 2.0}, "seconds": 0.0}
    >>> [line.values for line in lines({"rmse": 1.0, "loss": 3.0}, 1.0, [row])]
    [[('1', True)], [('2', False)]]
    """
    names = columns(metrics, baselines) if baselines else []
    if not names:
        return []
    network = {"name": "network", "what": "this run", "metrics": metrics, "seconds": seconds}
    rows = [network, *baselines]
    by_name = {name: [row["metrics"][name] for row in rows] for name in names}
    texts = {name: column_texts(name, values) for name, values in by_name.items()}
    return [
        Line(
            row["name"],
            row["what"],
            [(texts[name][k], is_best(name, row["metrics"][name], by_name[name])) for name in names],
            row["seconds"],
            row is network,
        )
        for k, row in enumerate(rows)
    ]


def column_texts(name: str, values: Sequence[float]) -> list[str]:
    """A measure of several models as a column: all with as many decimals as the one that has most.

    >>> column_texts("auc", [0.74774, 0.5]), column_texts("rmse", [18668.2, 5.5])
    (['0.7477', '0.5000'], ['18,668', '5.5'])
    """
    texts = [measure_text(name, value) for value in values]
    if not all(DECIMAL.fullmatch(text) for text in texts):
        return texts
    places = max(len(text.partition(".")[2]) for text in texts)
    return [f"{round(value, places) + 0.0:.{places}f}".replace("-", "−") for value in values]


def measure_text(name: str, value: float) -> str:
    """A measure as the page says it: a share as a percentage, R² to four places, since it is near 0 or not,
    BLEU and chrF to one place, as papers give them.

    >>> measure_text("r2", -3.2e-7), measure_text("rmse", 12.5), measure_text("bleu", 36.0412)
    ('0', '12.5', '36.0')
    """
    if name.startswith(OUT_OF_100):
        return f"{value:.1f}"
    name = without_task(name)
    if name == "r2":
        return measure(round(value, 4) + 0.0)  # no −0
    return percent(value) if any(word in name for word in SHARES) else measure(value)


def is_best(name: str, value: float, values: Sequence[float]) -> bool:
    """Whether a value is the best of a measure's, where it has a best and they are not all the same.

    >>> is_best("rmse", 1.0, [1.0, 2.0]), is_best("interval_coverage", 1.0, [1.0, 2.0])
    (True, False)
    """
    if without_task(name).partition(OF_STEP)[0] in UNRANKED or min(values) == max(values):
        return False
    return value == _best(name, values)


def _best(name: str, values: Sequence[float]) -> float:
    return min(values) if without_task(name).partition(OF_STEP)[0] in LOWER else max(values)


def without_task(name: str) -> str:
    """A measure's own name, without that of one of several tasks, or that it is the mean over them.

    >>> without_task("rmse price"), without_task("mean rmse"), without_task("rmse")
    ('rmse', 'rmse', 'rmse')
    """
    first, _, rest = name.partition(" ")
    return rest if first == "mean" and rest else first


def beaten_by(problem: Problem, metrics: dict[str, float], baselines: Sequence[dict[str, Any]]) -> str:
    """The end of the headline where others are better than the network, the best last; else nothing.

    >>> from gradatim.problems.numbers import Numbers
    >>> row = {"name": "boosted trees", "metrics": {"rmse": 0.5}}
    >>> beaten_by(Numbers(("price",)), {"rmse": 1.0}, [row])
    '; boosted trees would be off by 0.5, which is better'
    """
    name, sign = problem.deciding
    if name not in metrics:
        return ""
    sign = -sign  # from here on less is better
    better = [
        (sign * row["metrics"][name], CALLED.get(row["name"], row["name"]))
        for row in baselines
        if row["name"] not in NO_RIVALS
        and sign * row["metrics"].get(name, metrics[name]) < sign * metrics[name]
    ]
    if not better:
        return ""
    better.sort(reverse=True)
    verb, again = (" would be off by", " by") if name == "rmse" else (" would get", "")
    told = [
        f"{who}{again if i else verb} {measure_text(name, sign * value)}"
        for i, (value, who) in enumerate(better)
    ]
    *others, last = told
    return f"; {', '.join(others)}{' and ' if others else ''}{last}, which is better"

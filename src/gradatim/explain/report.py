"""The report of a training run: one page of HTML that needs no script, no network and no other file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np

from gradatim.explain import confusion as answers
from gradatim.explain.comparison import columns, lines, said
from gradatim.explain.curves import accuracy_curve, loss_curves
from gradatim.explain.findings import Findings
from gradatim.explain.headline import WORDS, headline
from gradatim.explain.numerals import FILTERS
from gradatim.explain.pictures import pictures

MOST_FEATURES = 12  # shown of an example that is not a picture


@dataclass(frozen=True)
class Mistake:
    """A wrong answer: its row in the split, what it is, what it was taken for, how surely; the example."""

    row: int
    true: str
    predicted: str
    probability: float  # given to the predicted class
    probability_of_true: float
    picture: np.ndarray | None = None  # (C, H, W), C 1 or 3
    values: dict[str, Any] | None = None  # of an example that is not a picture: feature name → value


@dataclass(frozen=True)
class Report:
    """All that the page tells of a run; what is empty or None is left out, or said to be missing."""

    name: str  # of the run
    data: str
    sizes: dict[str, int]  # split → examples
    split: str  # the one the metrics, the confusion and the mistakes are of
    metrics: dict[str, float]
    records: list[dict]  # one per epoch, as in metrics.jsonl
    best_epoch: int | None  # whose parameters were restored
    ended: str  # "after all 40 epochs"
    classes: tuple  # names; empty if there are none
    confusion: np.ndarray | None  # (K, K) counts: rows true, columns predicted
    mistakes: list[Mistake]  # worst first
    layers: list[dict]  # name, layer, output, parameters
    settings: dict[str, object]
    choices: dict[str, str]  # what was chosen, and why
    versions: dict[str, str]
    command: str  # that makes the run again
    unit: str = "examples"  # what `sizes` counts
    samples: Sequence[tuple[int, str]] = ()  # of a language model: epoch, what it wrote then
    baselines: list[dict] = field(default_factory=list)  # name, what, metrics, seconds: on the same examples
    findings: Findings = field(default_factory=Findings)


def render(report: Report) -> str:
    """The page as one string of HTML."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
        loader=FunctionLoader(lambda name: files(__package__).joinpath(name).read_text("utf-8")),
    )  # fmt: skip
    environment.filters.update(FILTERS)
    seconds = sum(record.get("seconds") or 0.0 for record in report.records)
    return environment.get_template("report.html.j2").render(
        report=report,
        headline=headline(
            report.split,
            report.sizes.get(report.split, 0),
            report.metrics,
            report.confusion,
            report.records,
            report.baselines,
            len(report.findings.residuals.names) if report.findings.residuals else 1,
        ),
        measures=columns(report.metrics, report.baselines),
        models=lines(report.metrics, seconds, report.baselines),
        said=said,
        words=WORDS,
        word=WORDS.get(report.split, report.split),
        curves=_curves(report),
        seconds=seconds,
        answers=_answers(report),
        parameters=sum(layer["parameters"] for layer in report.layers),
        found=report.findings,
        drawn=report.findings.pictures(),
        **_mistakes(report),
        **_misses(report.findings),
    )


def _curves(report: Report) -> list[str]:
    """The learning curves there are data for, as SVG."""
    drawn = [draw(report.records, report.best_epoch) for draw in (loss_curves, accuracy_curve)]
    return [svg for svg in drawn if svg is not None]


def _answers(report: Report) -> dict[str, Any]:
    """The confusion matrix as the page shows it: a table, or the commonest confusions of many classes."""
    shown: dict[str, Any] = {"wrong": None, "rows": [], "precisions": [], "pairs": []}
    if report.confusion is None or not report.confusion.sum():
        return shown
    counts, classes = report.confusion, report.classes
    right, total = answers.correct(counts)
    shown["wrong"] = total - right
    if len(counts) > answers.MOST_CLASSES:
        return shown | {"pairs": answers.pairs(counts, classes)}
    return shown | {"rows": answers.table(counts, classes), "precisions": answers.precisions(counts)}


def _mistakes(report: Report) -> dict[str, Any]:
    """The mistakes that are pictures, each beside its PNG, and the others with the features they show."""
    shown = [mistake for mistake in report.mistakes if mistake.picture is not None]
    rows = [mistake for mistake in report.mistakes if mistake.picture is None]
    drawn = pictures([mistake.picture for mistake in shown if mistake.picture is not None])
    names = list(rows[0].values or ())[:MOST_FEATURES] if rows else []
    features = {name: _is_numeric([(row.values or {}).get(name) for row in rows]) for name in names}
    return {"pictured": list(zip(shown, drawn, strict=True)), "rows": rows, "features": features}


def _misses(found: Findings) -> dict[str, Any]:
    """What is told of the answers that are far off, and the features beside it: whether each is a number."""
    first = found.misses[0] if found.misses else None
    told = {
        name: _is_numeric([miss.told[name] for miss in found.misses])
        for name in (first.told if first else ())
    }
    names = list(first.values)[:MOST_FEATURES] if first else []
    beside = {name: _is_numeric([miss.values.get(name) for miss in found.misses]) for name in names}
    return {"told": told, "beside": beside}


def _is_numeric(values: Sequence[Any]) -> bool:
    """Whether what is shown is a number, which stands to the right."""
    return any(isinstance(value, int | float) for value in values)

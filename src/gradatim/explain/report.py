"""The report of a training run: one page of HTML that needs no script, no network and no other file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from importlib.resources import files
from typing import Any

from gradatim.explain.comparison import measure_text
from gradatim.explain.diagnosis import diagnose
from gradatim.explain.headline import CONSTANTS, SECTIONS, WORDS, headline_of
from gradatim.explain.loss_unit import loss_unit
from gradatim.explain.number_format import FILTERS
from gradatim.printable import legible
from gradatim.problems.evidence import Evidence
from gradatim.problems.problem import Problem


@dataclass(frozen=True)
class Report:
    """All that the page tells of a run; what is empty or None is left out, or said to be missing."""

    name: str  # of the run
    data: str
    sizes: dict[str, int]  # split → examples
    split: str  # the one the metrics and the evidence are of
    problem: Problem
    metrics: dict[str, float]
    records: list[dict]  # one per epoch, as in metrics.jsonl
    best_epoch: int | None  # whose parameters were restored
    ended: str  # "after all 40 epochs"
    layers: list[dict]  # name, layer, output, parameters
    settings: dict[str, object]
    choices: dict[str, str]  # what was chosen, and why
    versions: dict[str, str]
    command: str  # that makes the run again
    unit: str = "examples"  # what `sizes` counts
    baselines: list[dict] = field(default_factory=list)  # name, what, metrics, seconds: on the same examples
    evidence: Sequence[Evidence] = ()
    answered: str = ""  # which model answers and why, where the best of several is kept
    network_metrics: dict[str, float] | None = None  # where another model answers
    members: list[dict] = field(default_factory=list)  # of an ensemble: kind, fold, epoch, loss, share
    tried: list[dict] = field(default_factory=list)  # in the time budget: changed, loss, epoch, seconds
    stages: list[dict] = field(default_factory=list)  # records of learning in stages, before the last
    inputs: int = 0  # numbers that the network sees of a table's row; 0 of other data
    input_names: Sequence[str] = ()  # what each of them is, where it has a name

    @property
    def word(self) -> str:
        """The split in a word."""
        return WORDS.get(self.split, self.split)

    @property
    def size(self) -> int:
        """How many examples the split has."""
        return self.sizes.get(self.split, 0)

    @property
    def seconds(self) -> float:
        """How long training took."""
        return sum(record.get("seconds") or 0.0 for record in [*self.stages, *self.records])

    @property
    def parameters(self) -> int:
        """The network's parameters."""
        return sum(layer["parameters"] for layer in self.layers)

    @cached_property
    def constant(self) -> dict[str, float]:
        """The measures of the model that answers the same to everything; empty where there is none."""
        return next((row["metrics"] for row in self.baselines if row["name"] in CONSTANTS), {})

    @property
    def headline(self) -> str:
        """How good the network is, by the first evidence that says it; better models are named in it."""
        return headline_of(self)

    @cached_property
    def diagnosis(self) -> list[str]:
        """What is wrong with the run, a sentence each; none where nothing is."""
        return diagnose(self)

    def sections(self) -> list[tuple[str, Evidence | None]]:
        """The sections in their order, and the evidence that each shows."""
        found: list[tuple[str, Evidence | None]] = [("comparison", None)] if self.baselines else []
        found += [("stages", None)] if self.stages else []
        found += [("curves", None), *((one.section, one) for one in self.evidence)]
        found += [("members", None)] if self.members else []
        found += [("trials", None)] if self.tried else []
        found += [("layers", None)] if self.layers else []
        return [*found, ("settings", None), ("command", None)]


def render(report: Report) -> str:
    """The page as one string of HTML."""
    own = {"headline": report.headline, "parameters": report.parameters, "seconds": report.seconds}
    return render_page(report, "report.html.j2", loss_unit=loss_unit(report.problem), **own)


def render_page(report: Any, template: str, **own: Any) -> str:
    """A page with a report's sections, by a template that sees the report and what is its own."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined,
        loader=FunctionLoader(lambda name: files(__package__).joinpath(name).read_text("utf-8")),
    )  # fmt: skip
    environment.filters.update(FILTERS)
    environment.globals |= {"report": report, "word": report.word, "words": WORDS, "said": measure_text}
    environment.globals |= own
    environment.globals["section_of"] = lambda one, view: section(one.section, one, view)

    def section(name: str, evidence: Evidence | None, view: Any = report) -> Markup:
        context = import_module(f"{SECTIONS}.{name}").context(evidence, view)
        own_template = environment.get_template(f"sections/{name}.html.j2")
        return Markup(own_template.render(evidence=evidence, **context))

    shown = [section(name, evidence) for name, evidence in report.sections()]
    return legible(environment.get_template(template).render(sections=shown))

"""The report of several runs that learned from the same data: one page that sets them beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from gradatim.explain.charts.learning_curves import Course
from gradatim.explain.headline import WORDS
from gradatim.explain.number_format import count
from gradatim.explain.paired_bootstrap import Interval
from gradatim.explain.report import render_page
from gradatim.explain.verdict import Standing, note_of_interval, ranked, verdict
from gradatim.problems.evidence import Evidence
from gradatim.problems.problem import Problem


@dataclass(frozen=True)
class ComparedRun:
    """What the page tells of one of the runs."""

    name: str
    network: str
    problem: Problem
    metrics: dict[str, float]  # on the examples that all of them are judged on
    course: Course  # its records, for the curves
    parameters: int
    seconds: float
    facts: dict[str, object]  # settings, the network's arguments, versions: where they differ they are shown
    command: str  # that makes the run again

    @property
    def epochs(self) -> int:
        """How many it took."""
        return int(self.course.records[-1]["epoch"]) if self.course.records else 0

    @property
    def vocabulary(self) -> tuple:
        """What its measures of a symbol depend on: the symbols and the loss that reads them."""
        return self.problem.names, self.problem.loss, getattr(self.problem, "transform", ())


@dataclass(frozen=True)
class RunsReport:
    """All that the page tells; `behind` are the intervals of how far each run is behind the best, by name."""

    data: str
    sizes: dict[str, int]
    split: str
    unit: str
    runs: Sequence[ComparedRun]
    behind: dict[str, Interval] = field(default_factory=dict)
    evidence: Sequence[Evidence] = ()
    notes: Sequence[str] = ()  # what else is to be known

    @property
    def problem(self) -> Problem:
        """The question that all of them answer."""
        return self.runs[0].problem

    @property
    def word(self) -> str:
        """The split in a word."""
        return WORDS.get(self.split, self.split)

    @property
    def examples(self) -> str:
        """How many of what they are judged on."""
        size = self.sizes.get(self.split, 0)
        return f"{count(size)} {self.word} {self.unit.removesuffix('s') if size == 1 else self.unit}"

    @property
    def names(self) -> list[str]:
        """The runs' names, told apart."""
        return [run.name for run in self.runs]

    @cached_property
    def standings(self) -> list[Standing]:
        """The runs by the deciding measure, the best first; none where one lacks it."""
        name, sign = self.problem.deciding
        if not all(name in run.metrics for run in self.runs) or name not in self.measures:
            return []
        found = [Standing(run.name, run.metrics[name], self.behind.get(run.name)) for run in self.runs]
        return ranked(found, sign)

    @cached_property
    def measures(self) -> list[str]:
        """The measures that all runs have and that mean the same for all of them."""
        alike = len({run.vocabulary for run in self.runs}) == 1
        apart = () if alike else (*self.problem.of_vocabulary, "loss")
        first, *others = (run.metrics for run in self.runs)
        return [name for name in first if name not in apart and all(name in other for other in others)]

    @property
    def headline(self) -> str:
        """Which run is better, and by how much."""
        if len(self.standings) < 2:
            return f"{len(self.runs)} runs learned from the same data; no measure says which is better."
        return verdict(self.standings, self.problem.deciding, self.examples)

    @property
    def interval_note(self) -> str:
        """What the intervals are of; nothing where there are none."""
        return note_of_interval(self.word) if self.behind else ""

    def remarks(self) -> list[str]:
        """What the headline leaves out, a sentence each."""
        found = list(self.notes)
        if "loss" not in self.measures and all("loss" in run.metrics for run in self.runs):
            found.append(
                "The runs' losses are not of one kind (another vocabulary, loss or transform), so that they "
                "stand in the curves only: compare the shape of a curve, not its height."
            )
        return found

    def sections(self) -> list[tuple[str, Evidence | None]]:
        """The sections in their order, and the evidence that each shows."""
        found: list[tuple[str, Evidence | None]] = [("runs_measures", None), ("runs_curves", None)]
        found += [(one.section, one) for one in self.evidence]
        return [*found, ("runs_settings", None), ("runs_commands", None)]


def render_runs(report: RunsReport) -> str:
    """The page as one string of HTML."""
    return render_page(report, "runs_report.html.j2")

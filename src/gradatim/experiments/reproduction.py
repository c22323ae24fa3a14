"""What comes of an experiment: a verdict, a table, a figure, a page and a folder."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradatim import files
from gradatim.experiments.claim import Claim, Table
from gradatim.experiments.kept_seeds import SeedResult
from gradatim.experiments.verdict import Verdict, rule, verdict_on
from gradatim.explain.charts.chart import Chart
from gradatim.explain.number_format import measure
from gradatim.explain.text_table import table as text_table

DASH = "–"  # in the place of a number that is not finite


@dataclass(frozen=True)
class Reproduction:
    """An experiment that has run: printed it is the statement, the table and the verdict."""

    name: str
    rows: str  # of the curriculum
    claim: Claim
    size: dict[str, Any]
    results: dict[int, SeedResult]  # by seed
    command: str
    versions: dict[str, str]
    folder: Path

    @property
    def measures(self) -> list[dict[str, Any]]:
        """What every seed gave, in the order of the seeds."""
        return [result.measures for result in self.results.values()]

    @property
    def verdict(self) -> Verdict:
        """What is said of the claim."""
        return verdict_on(self.claim, {seed: one.measures for seed, one in self.results.items()})

    @property
    def seconds(self) -> float:
        """How long all seeds took together."""
        return sum(result.seconds for result in self.results.values())

    def chart(self) -> Chart:
        """The figure as a record."""
        return self.claim.chart(self.measures)

    def threshold_table(self) -> Table:
        """Each threshold, the number of every seed, and for how many seeds it holds."""
        seeds = list(self.results)
        rows = []
        for part in self.verdict.parts:
            numbers = [_number(self.results[seed].measures[part.threshold.key]) for seed in seeds]
            marked = [f"{n} ✗" if s in part.fails else n for n, s in zip(numbers, seeds, strict=True)]
            rows.append([str(part.threshold), *marked, f"{len(part.holds)} of {len(seeds)}"])
        return Table(["threshold", *(f"seed {seed}" for seed in seeds), "holds for"], rows)

    def tables(self) -> list[Table]:
        """The thresholds, and the claim's own table where it has one."""
        own = self.claim.table(self.measures)
        return [self.threshold_table(), *([own] if own is not None else [])]

    def sentences(self) -> list[str]:
        """What the claim says of the numbers in words."""
        return list(self.claim.sentences(self.measures))

    def result_text(self) -> str:
        """Tables, sentences and verdict."""
        parts = [text_table(list(one.columns), [list(row) for row in one.rows]) for one in self.tables()]
        said = ["\n".join(self.sentences())] if self.sentences() else []
        return "\n\n".join([*parts, *said, f"verdict    {self.verdict}"])

    def __str__(self) -> str:
        n = len(self.results)
        return f"{statement(self.name, self.rows, self.claim, self.size, n)}\n\n{self.result_text()}"

    def as_markdown(self) -> str:
        """Claim, verdict and tables as Markdown writes them."""
        head = [f"# {self.claim.title} [{self.rows}]", self.claim.claim, f"Verdict: {self.verdict}."]
        said = ["\n".join(f"- {one}" for one in self.sentences())] if self.sentences() else []
        return "\n\n".join([*head, *map(markdown, self.tables()), *said, f"`{self.command}`"]) + "\n"

    def as_json(self) -> dict[str, Any]:
        """Everything in full precision, as result.json holds it."""
        verdict = self.verdict
        return {
            "experiment": self.name, "rows": self.rows, "title": self.claim.title, "claim": self.claim.claim,
            "data": self.claim.data, "measure": self.claim.measure,
            "rule": rule(len(self.results)), "size": self.size, "verdict": verdict.word,
            "sentence": str(verdict), "sentences": self.sentences(),
            "thresholds": [
                {"threshold": str(part.threshold), "key": part.threshold.key,
                 "relation": part.threshold.relation, "bound": part.threshold.bound,
                 "holds": list(part.holds), "fails": list(part.fails), "passes": part.passes}
                for part in verdict.parts
            ],
            "seeds": {str(seed): {"seconds": one.seconds, "measures": one.measures}
                      for seed, one in self.results.items()},
            "seconds": self.seconds, "command": self.command, "versions": self.versions,
            "folder": str(self.folder),
        }  # fmt: skip

    def _repr_html_(self) -> str:
        """The page's body in a notebook."""
        from gradatim.experiments.page import as_fragment

        return as_fragment(self)

    def write(self) -> None:
        """Write result.json, table.txt, table.md, figure.svg and report.html into the folder."""
        from gradatim.experiments.page import as_page
        from gradatim.explain.charts.as_figure import as_figure
        from gradatim.explain.figures.style import write_figure

        files.write(self.folder / "table.txt", f"{self}\n")
        files.write(self.folder / "table.md", self.as_markdown())
        write_figure(as_figure(self.chart()), self.folder / "figure.svg")
        files.write(self.folder / "report.html", as_page(self))
        files.write_json(self.folder / "result.json", self.as_json())


def statement(name: str, rows: str, claim: Claim, size: dict[str, Any], seeds: int) -> str:
    """What is said before anything runs."""
    thresholds = [f"{'threshold' if k == 0 else '':11}{one}" for k, one in enumerate(claim.thresholds)]
    sizes = ", ".join(f"{key} {_written(value)}" for key, value in size.items())
    lines = [
        f"{claim.title} [{rows}]",
        "",
        f"claim      {claim.claim}",
        f"data       {claim.data}",
        f"measure    {claim.measure}",
        *thresholds,
        f"rule       {rule(seeds)}",
        *([f"size       {sizes}"] if sizes else []),
        f"seeds      {', '.join(map(str, range(seeds)))}",
    ]
    return "\n".join(lines)


def markdown(table: Table) -> str:
    """A table as Markdown writes it.

    >>> print(markdown(Table(["depth", "accuracy"], [["1", "0.9"]])))
    | depth | accuracy |
    |---|---|
    | 1 | 0.9 |
    """
    lines = [list(table.columns), *map(list, table.rows)]
    written = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    return "\n".join([written[0], "|" + "---|" * len(table.columns), *written[1:]])


def _number(value: Any) -> str:
    return DASH if value is None else measure(value, 3)


def _written(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

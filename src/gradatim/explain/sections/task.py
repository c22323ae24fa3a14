"""One of several tasks: what its own question shows, under a heading with its name."""

import re
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from gradatim.explain.headline import headline_of
from gradatim.problems.classes import Classes
from gradatim.problems.evidence import OfTask, TaskMeasures

NAMED = re.compile(r'\b(id|aria-labelledby)="([\w-]+)"')
HEADING = re.compile(r"<(/?)h2\b")


def context(evidence: OfTask, report: Any) -> dict[str, Any]:
    """The report as the task alone sees it, its headline, and its place in the page."""
    view = of_task(evidence, report)
    place = [str(name) for name in report.problem.names].index(evidence.name) + 1
    return {"view": view, "said": headline_of(view), "place": place, "inside": inside}


def of_task(evidence: OfTask, report: Any) -> Any:
    """The same report of one task: its question, its measures, and those of the constant."""
    names = [str(name) for name in report.problem.names]
    counts = next((one for one in report.evidence if isinstance(one, TaskMeasures)), None)
    size = {} if counts is None else dict(zip(counts.names, counts.counts, strict=True))
    problem = report.problem.problems()[names.index(evidence.name)]
    called = {"constant": "majority" if isinstance(problem, Classes) else "mean"}
    return replace(
        report,
        problem=problem,
        metrics=_own(report.metrics, evidence.name),
        baselines=[
            {
                **row,
                "name": called.get(row["name"], row["name"]),
                "metrics": _own(row["metrics"], evidence.name),
            }
            for row in report.baselines
        ],
        evidence=evidence.parts,
        sizes={**report.sizes, report.split: size.get(evidence.name, report.size)},
    )


def _own(metrics: dict[str, float], task: str) -> dict[str, float]:
    """The measures of a task, by their own names."""
    behind = f" {task}"
    found = {name.removesuffix(behind): value for name, value in metrics.items() if name.endswith(behind)}
    return {name: value for name, value in found.items() if " " not in name and name != "mean"}


def inside(html: str, place: int) -> Markup:
    """A section as a part of another: its headings a level lower, its ids those of this task alone.

    >>> inside('<h2 id="misses">Worst</h2>', 2)
    Markup('<h3 id="misses-of-task-2">Worst</h3>')
    """
    named = NAMED.sub(lambda found: f'{found[1]}="{found[2]}-of-task-{place}"', str(html))
    return Markup(HEADING.sub(r"<\1h3", named))

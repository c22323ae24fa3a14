"""One kind of evidence of what a run answers, of the whole or of one of its tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gradatim.checks import GradatimError, UsageError, known, unknown_argument
from gradatim.explain.stored_measurements import read_measurements
from gradatim.jobs.plots.request import PlotRequest, name_of
from gradatim.jobs.run import Run
from gradatim.problems.evidence import Evidence, OfTask
from gradatim.problems.several_tasks import SeveralTasks

MOST_NAMED = 8  # tasks in a sentence
Kind = TypeVar("Kind", bound=Evidence)


@dataclass(frozen=True)
class Found(Generic[Kind]):
    """Evidence of a run, and the task that it is of, where there are several."""

    run: Run
    evidence: Kind
    task: str | None = None

    @property
    def title(self) -> str:
        """The run's name, and the task's."""
        return name_of(self.run) if self.task is None else f"{name_of(self.run)}, task {self.task}"

    @property
    def metrics(self) -> dict[str, float]:
        """The run's measures, or those of the task, without its name behind."""
        if self.task is None:
            return dict(self.run.metrics)
        behind = f" {self.task}"
        own = {name: value for name, value in self.run.metrics.items() if name.endswith(behind)}
        return {name.removesuffix(behind): value for name, value in own.items()}


def evidence_of(asked: PlotRequest, kind: type[Kind], otherwise: str) -> Found[Kind]:
    """The evidence of one kind; of several tasks that of task=NAME, or of the only one that has it.

    Raises UsageError where there is none, which says `otherwise`; and where a task has to be named, all.
    """
    for name in asked.arguments:
        if name != "task":
            raise unknown_argument("this plot", name, ("task",))
    run, task = asked.run(), asked.arguments.get("task")
    several = isinstance(run.trained.problem, SeveralTasks)
    if task is not None and not several:
        raise UsageError(f"{run.path} has one target: leave task={task} out")
    if task is not None:
        task = known("task", str(task), [str(one) for one in run.trained.problem.names])
    there = _of_tasks(run, task) if several else [(None, _whole(run))]
    fits = [(name, one) for name, parts in there for one in parts if isinstance(one, kind)]
    if not fits:
        where = run.path if task is None else f"task {task} of {run.path}"
        raise UsageError(f"{where} {otherwise}, which is what this picture is of")
    if len(fits) > 1 and several:
        names = ", ".join(f"task={name}" for name, _ in fits[:MOST_NAMED]) + ", …" * (len(fits) > MOST_NAMED)
        raise UsageError(f"{run.path} has several tasks: say which one to draw, of {names}")
    return Found(run, fits[0][1], fits[0][0])


def _whole(run: Run) -> Sequence[Evidence]:
    """What there is to find of the answers; where the data are gone, what was found when they were there."""
    try:
        measured = run.measured
    except GradatimError:
        kept = read_measurements(run.folder)
        if kept is None:
            raise
        return kept.evidence
    if measured is None or measured.a is None or measured.y is None:
        return ()
    return run.trained.problem.evidence(measured.a, measured.y)


def _of_tasks(run: Run, task: str | None) -> list[tuple[str | None, Sequence[Evidence]]]:
    """The same by task: of the one that is named, or of all; without the data, of those in the report."""
    problem = run.trained.problem
    assert isinstance(problem, SeveralTasks)
    try:
        measured = run.measured
    except GradatimError:
        found = [one for one in _whole(run) if isinstance(one, OfTask)]
    else:
        if measured is None or measured.a is None or measured.y is None:
            return []
        numbers = [t for t, name in enumerate(problem.names) if task in (None, str(name))]
        found = problem.evidence_of_tasks(measured.a, measured.y, numbers)
    return [(str(one.name), one.parts) for one in found if task in (None, str(one.name))]

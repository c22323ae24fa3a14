"""Several questions at once, each of a kind of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import fmean
from typing import Any, ClassVar, Self

import numpy as np

from gradatim.checks import UsageError
from gradatim.data.question import Question
from gradatim.problems.classes import Classes
from gradatim.problems.evidence import Evidence, OfExamples, OfTask, TaskMeasures
from gradatim.problems.numbers import Numbers
from gradatim.problems.own_task import own_arrays, own_columns, own_parts
from gradatim.problems.problem import Array, Head, Problem

MOST_IN_SHORT = 3  # tasks whose measures are all shown in a few lines
MOST_SHOWN, FEW_SHOWN = 6, 3  # tasks whose evidence a report shows; of more, so few


@dataclass(frozen=True)
class SeveralTasks(Problem):
    """T tasks, `names`, each a question of classes or of a number, of which `parts` are the records.

        a = [a_1; …; a_T];   everything said of task t is said of a_t, by the kind of question that it is

    Shapes: a (N, Σ outputs); y (N, T), class numbers and numbers, NaN where a target is missing. A measure of
    a task is over the rows that have its target; its mean over tasks that are asked alike is `mean NAME`.

    `of` is the column that says which task a row belongs to, where each has one: the outputs of the others
    are then NaN, and what is said of the row is said by its own.
    """

    kind: ClassVar[str] = "tasks"
    task: ClassVar[str] = "tasks"
    losses: ClassVar[tuple[str, ...]] = ()
    deciding: ClassVar[tuple[str, int]] = ("loss", -1)
    own_network: ClassVar[str] = "shared_trunk"
    learners: ClassVar[str] = "constants"

    parts: tuple[dict[str, Any], ...] = ()
    of: str = ""

    @classmethod
    def pose(cls, question: Question, y: Array | None, loss: Any) -> Self:
        """A question for each target: of classes where it has some, else of a number."""
        named = all(isinstance(one, tuple | list) for one in question.names)
        if not named or (y is not None and y.ndim != 2):
            raise UsageError("several tasks need several targets of a table: --target a,b --task tasks")
        if loss is not None:
            raise UsageError("each of several tasks has the loss of its kind: leave --loss out")
        parts = []
        columns = [None] * len(question.names) if y is None else y.T
        for (name, classes), target in zip(question.names, columns, strict=True):
            if classes:
                part: Problem = Classes.pose(Question("classification", tuple(classes)), None, None)
            else:
                known = None if target is None else target[~np.isnan(target)]
                part = Numbers.pose(Question("regression", (name,)), known, None)
            parts.append(part.as_dict())
        return cls(tuple(str(name) for name, _ in question.names), None, tuple(parts), question.task_of)

    @property
    def question(self) -> Question:
        """The names of the tasks, and the classes of each."""
        parts = zip(self.names, self.problems(), strict=True)
        named = ((name, part.names if isinstance(part, Classes) else ()) for name, part in parts)
        return Question(self.task, tuple(named), task_of=self.of)

    def problems(self) -> list[Problem]:
        """The question of each task."""
        from gradatim.problems.choose import problem_from

        return [problem_from(one) for one in self.parts]

    def check(self) -> Self:
        """A record for each name, of classes or of one number."""
        super().check()
        fits = isinstance(self.parts, tuple) and len(self.parts) == len(self.names) > 0
        self.require(fits, "parts", "a record for each of the names")
        kinds = [type(part) for part in self.problems()]
        self.require(all(one in (Classes, Numbers) for one in kinds), "parts", "of classes or numbers")
        return self

    def tasks(self) -> list[list[Any]]:
        """(name, loss, outputs) of each task, as a network of several tasks takes them."""
        parts = zip(self.names, self.problems(), strict=True)
        return [[name, part.loss, part.head().outputs] for name, part in parts]

    def head(self, examples: int | None = None) -> Head:
        """The outputs of every task beside each other."""
        heads = [part.head(examples) for part in self.problems()]
        if self.of:
            said = f"{len(heads)} tasks by {self.of}, each with {heads[0].sentence}"
        else:
            named = zip(self.names, heads, strict=True)
            said = f"{len(heads)} tasks: " + "; ".join(f"{name}: {one.sentence}" for name, one in named)
        return Head(sum(one.outputs for one in heads), said)

    def for_outputs(self, count: Callable[[], int]) -> Self:
        """A network that came complete must have as many outputs."""
        return self

    def _each(self, a: Array) -> list[tuple[str, Problem, Array]]:
        """Each task's name, question and outputs."""
        found, start = [], 0
        for name, part in zip(self.names, self.problems(), strict=True):
            width = part.head().outputs
            found.append((str(name), part, a[:, start : start + width]))
            start += width
        return found

    @staticmethod
    def _known(part: Problem, y: Array) -> tuple[Array, Array]:
        """The rows (M,) that have a target of one task, and these targets as its question reads them."""
        rows = np.flatnonzero(~np.isnan(y))
        return rows, y[rows].astype(np.int64) if isinstance(part, Classes) else y[rows]

    def targets(self, y: Array) -> Array:
        """Class numbers, and numbers around 0; NaN where a target is missing."""
        found = np.full(y.shape, np.nan)
        for t, part in enumerate(self.problems()):
            rows, known = self._known(part, y[:, t])
            found[rows, t] = part.targets(known)
        return found

    def predictions(self, a: Array) -> Array:
        """The probabilities of the classes, or the number, of each task beside each other."""
        return np.concatenate([part.predictions(one) for _, part, one in self._each(a)], 1)

    @property
    def prediction_names(self) -> tuple[str, ...]:
        """What each of these is of."""
        parts = zip(self.names, self.problems(), strict=True)
        return tuple(
            f"{name}={one}" if isinstance(part, Classes) else str(name)
            for name, part in parts
            for one in part.names
        )

    def own_outputs(self, a: Array, examples: Any) -> Array:
        """NaN for those of the tasks to which a row does not belong."""
        row_tasks = getattr(examples, "row_tasks", None)
        if not self.of or row_tasks is None:
            return a
        task_of_output = np.repeat(np.arange(len(self.names)), [one.shape[1] for _, _, one in self._each(a)])
        return np.where(task_of_output == row_tasks[:, None], a, np.nan).astype(a.dtype)

    def answer(self, a: Array) -> Array:
        """The class numbers and numbers decided for, (N, T); NaN for tasks that are not a row's own."""
        if not self.of:
            return np.stack([np.reshape(part.answer(one), -1) for _, part, one in self._each(a)], 1)
        found = np.full((len(a), len(self.names)), np.nan)
        for t, rows, part, one in own_parts(self._each(a)):
            found[rows, t] = np.reshape(part.answer(one), -1)
        return found

    def arrays(self, a: Array) -> dict[str, Array]:
        """Each task's arrays, its name behind what they are; of rows with a task of their own, its."""
        if self.of:
            return own_arrays(self._each(a), len(a))
        return {
            f"{what} {name}": values
            for name, part, one in self._each(a)
            for what, values in part.arrays(one).items()
        }

    def columns(self, a: Array) -> dict[str, list[Any]]:
        """Each task's columns, its name behind what they are; of rows with a task of their own, its."""
        if self.of:
            return own_columns(self._each(a), len(a))
        return {
            f"{what} {name}": values
            for name, part, one in self._each(a)
            for what, values in part.columns(one).items()
        }

    def measures(self, a: Array, y: Array) -> dict[str, float]:
        """Each task's measures over the rows that have its target; the loss is the sum of theirs."""
        found: dict[str, dict[str, float]] = {}
        for t, (name, part, one) in enumerate(self._each(a)):
            rows, known = self._known(part, y[:, t])
            found[name] = part.measures(one[rows], known) if len(rows) else {}
        return {**self._named(found), "loss": sum(one.get("loss", 0.0) for one in found.values())}

    def _named(self, found: dict[str, dict[str, float]]) -> dict[str, float]:
        """The measures of each task with its name behind; before them their means, where all are asked alike.

        The mean of a measure is over the tasks that have it; losses are summed in place of it.
        """
        named = {f"{what} {name}": value for name, one in found.items() for what, value in one.items()}
        kinds = {(one["kind"], *(one["names"] if one["kind"] == Classes.kind else ())) for one in self.parts}
        if len(kinds) > 1:
            return named
        values: dict[str, list[float]] = {}
        for one in found.values():
            for what, value in one.items():
                values.setdefault(what, []).append(value)
        means = {f"mean {what}": fmean(some) for what, some in values.items() if what != "loss"}
        return {**means, **named}

    def measures_of(self, predictions: Array, y: Array) -> dict[str, float]:
        """The same of predictions of any model, and no loss of numbers."""
        found: dict[str, dict[str, float]] = {}
        start = 0
        for t, (name, part) in enumerate(zip(self.names, self.problems(), strict=True)):
            width = len(part.names)
            rows, known = self._known(part, y[:, t])
            if len(rows):
                found[str(name)] = part.measures_of(predictions[rows, start : start + width], known)
            start += width
        return self._named(found)

    @property
    def has_own_loss(self) -> bool:
        """Each task has its own, which its record names."""
        return False

    @cached_property
    def reader(self) -> Any:
        """The loss of the first task; each reads its own outputs."""
        return self.problems()[0].reader

    def example_losses(self, a: Array, y: Array) -> Array:
        """The sum of the losses of an example's targets, (N,)."""
        found = np.zeros(len(a))
        for t, (_, part, one) in enumerate(self._each(a)):
            rows, known = self._known(part, y[:, t])
            found[rows] += part.example_losses(one[rows], known)
        return found

    def mean_loss(self, a: Array, y: Array) -> float:
        """The sum over tasks of the mean losses."""
        return self.measures(a, y)["loss"]

    def constant(self, y: Array) -> tuple[str, str, Array]:
        """The commonest class or the mean of each task."""
        parts = []
        for t, part in enumerate(self.problems()):
            _, known = self._known(part, y[:, t])
            parts.append(np.asarray(part.constant(known)[2], float).reshape(-1))
        return "constant", "the commonest class or the mean of each task", np.concatenate(parts)

    def notices(self, y: Array) -> list[str]:
        """What each task's targets ask to be told."""
        found = []
        for t, (name, part) in enumerate(zip(self.names, self.problems(), strict=True)):
            found += [f"task {name!r}: {one}" for one in part.notices(self._known(part, y[:, t])[1])]
        return found

    @property
    def mean_of_members(self) -> str:
        """Several networks are not averaged."""
        return ""

    def moving(self, moved: Array, most: int) -> list[tuple[str, list[int]]]:
        """What moves most of all predictions, each in its own unit."""
        return [(f"mean prediction of {self.prediction_names[k]}", [k]) for k in moved.argmax(1).tolist()]

    def in_short(self, metrics: dict[str, float]) -> dict[str, float]:
        """Of more than three tasks the means alone; where they are asked differently, one measure of each."""
        if len(self.names) <= MOST_IN_SHORT:
            return metrics
        behind = tuple(f" {name}" for name in self.names)
        means = {what: value for what, value in metrics.items() if what.startswith("mean ")}
        own = {what: value for what, value in metrics.items() if not what.endswith(behind)}
        return {**means, **own} if means else {**self.first_measures(metrics), **own}

    def first_measures(self, metrics: dict[str, float]) -> dict[str, float]:
        """The measure by which each task's question is decided, of the tasks that have one."""
        parts = zip(self.names, self.problems(), strict=True)
        keys = (f"{part.deciding[0]} {name}" for name, part in parts)
        return {key: metrics[key] for key in keys if key in metrics}

    def evidence(self, a: Array, y: Array) -> Sequence[Evidence]:
        """How right every task is, and what its own question shows of some: of at most six tasks all, of more
        the three whose loss is highest.
        """
        known = [self._known(part, y[:, t]) for t, part in enumerate(self.problems())]
        there = [t for t, (rows, _) in enumerate(known) if len(rows)]
        each = self._each(a)
        shown = there
        if len(there) > MOST_SHOWN:
            losses = {t: each[t][1].mean_loss(each[t][2][known[t][0]], known[t][1]) for t in there}
            shown = sorted(there, key=lambda t: -losses[t])[:FEW_SHOWN]
        found: list[Evidence] = [
            TaskMeasures(tuple(str(self.names[t]) for t in there), [len(known[t][0]) for t in there])
        ]
        return [*found, *self.evidence_of_tasks(a, y, shown)]

    def evidence_of_tasks(self, a: Array, y: Array, tasks: Sequence[int]) -> list[OfTask]:
        """What the question of each of some tasks, by their numbers, shows; of those that have targets."""
        each, found = self._each(a), []
        for t in tasks:
            name, part, one = each[t]
            rows, target = self._known(part, y[:, t])
            if len(rows):
                parts = (_of_rows(shown, rows) for shown in part.evidence(one[rows], target))
                found.append(OfTask(name, tuple(parts)))
        return found


def _of_rows(evidence: Evidence, rows: Array) -> Evidence:
    """Evidence of single examples, counted among all: these (M,) are the rows that it is of."""
    if not isinstance(evidence, OfExamples):
        return evidence
    return replace(evidence, rows=rows[np.asarray(evidence.rows, int)].tolist())

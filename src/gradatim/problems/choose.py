"""Which problem it is: by what the data ask, the task and the loss that were asked for, or from a record."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from gradatim import catalog
from gradatim.checks import GradatimError, UsageError, known, shown
from gradatim.data.question import Question
from gradatim.problems.problem import Array, Problem

# What −log p(y) of a Bernoulli and of a categorical distribution are called as losses of classes
LIKELIHOODS = {"bernoulli_nll": "binary_cross_entropy", "categorical_nll": "cross_entropy"}


def kinds() -> Iterator[type[Problem]]:
    """The kinds of problems, in the catalogue's order, each imported when it is asked for."""
    return (row.load() for row in catalog.entries("problem"))


def pose(question: Question, y: Array | None = None, loss: str | Callable[..., Any] | None = None) -> Problem:
    """The problem that examples pose, with training targets y; the usual loss of its kind when None.

    >>> pose(Question("classification", ("no", "yes"))).loss
    'binary_cross_entropy'

    Raises UsageError for a loss that cannot read the outputs of this task.
    """
    named = _usual_name(loss, question.task) if isinstance(loss, str) else None
    if not question.task:  # of batches that nobody has seen yet
        question = replace(question, task=_task_of(named))
    kind = kind_of(question.task)
    if named is not None:
        question = replace(question, task=_task_by_loss(question, y, named))
        check_loss(named, question.task)
        kind = next(one for one in kinds() if one.task == question.task and named in one.losses)
    found = kind.pose(question, y, named)
    if question.label_type and hasattr(found, "label_type"):
        typed: dict[str, Any] = {"label_type": question.label_type}
        found = replace(found, **typed)
    return found if loss is None or named is not None else found.with_own_loss()


def _usual_name(loss: str, task: str) -> str:
    """The name that a likelihood has as a loss of this task; any other loss is its own.

    >>> _usual_name("bernoulli_nll", "multilabel"), _usual_name("categorical_nll", "")
    ('multilabel', 'cross_entropy')
    """
    if loss == "bernoulli_nll" and task in ("multilabel", "reconstruction", "density"):
        return "multilabel"
    return LIKELIHOODS.get(loss, loss)


def _task_by_loss(question: Question, y: Array | None, loss: str) -> str:
    """The task of targets, or another that reads them, too, and alone has this loss."""
    if any(kind.task == question.task and loss in kind.losses for kind in kinds()):
        return question.task
    other = next((kind for kind in kinds() if loss in kind.losses and kind.also_reads(question, y)), None)
    return other.task if other else question.task


def kind_of(task: str) -> type[Problem]:
    """The first kind of problem of a task; UsageError for an unknown one."""
    found = next((kind for kind in kinds() if kind.task == task), None)
    return found or kind_of(known("task", task, tasks()))


def check_loss(loss: str, task: str) -> None:
    """Raise UsageError for a loss that is not of this task.

    >>> check_loss("huber", "classification")
    Traceback (most recent call last):
        ...
    gradatim.checks.UsageError: the loss huber is of regression; classification takes cross_entropy or \
binary_cross_entropy or hinge or squared_hinge or focal or nll
    """
    known("loss", loss, catalog.names("loss"))
    read: dict[str, list[str]] = {}
    for kind in kinds():
        read.setdefault(kind.task, []).extend(name for name in kind.losses)
    if loss not in read[task]:
        of = next((f"of {other}" for other, losses in read.items() if loss in losses), "of no task here")
        raise UsageError(f"the loss {loss} is {of}; {task} takes {' or '.join(dict.fromkeys(read[task]))}")


def _task_of(loss: str | None) -> str:
    """The task whose outputs a loss reads; classes where there is none."""
    return next((kind.task for kind in kinds() if loss in kind.losses), "classification")


def tasks() -> list[str]:
    """What `--task` may be."""
    return list(dict.fromkeys(kind.task for kind in kinds()))


def problem_from(record: Any) -> Problem:
    """The problem of a record that `as_dict` gave; GradatimError naming what cannot be."""
    kind = record.get("kind") if isinstance(record, dict) else None
    made_by = next((one for one in kinds() if one.kind == kind), None)
    if made_by is None:
        raise GradatimError(f"unknown problem {shown(kind)}: update Gradatim")
    takes = {field.name for field in fields(made_by)}
    given = {name: value for name, value in record.items() if name != "kind"}
    for name in given.keys() - takes:
        raise GradatimError(f"the problem {kind} has no entry {shown(name)}: update Gradatim")
    read: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in given.items()}
    return made_by(**read).check()

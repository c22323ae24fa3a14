"""The problem of a plan: what was asked for, what the network learns, or what the data pose."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gradatim.checks import UsageError
from gradatim.planning.loop_choice import ANY, loop_class
from gradatim.planning.run_data import Data
from gradatim.planning.training_options import Settings
from gradatim.problems.choose import pose
from gradatim.problems.problem import Problem


def choose_problem(data: Data, model: Any, loss: Any) -> Problem:
    """The problem that was asked for, that the network's way of learning has, or that the data pose."""
    way = loop_class(model)
    if way.task and data.task and data.task not in (way.task, ANY):
        raise UsageError(f"{_name_of(model)} is for --task {way.task}, not for --task {data.task}")
    task = way.task or data.task
    question = replace(data.train.question, task=task) if task else data.train.question
    problem = pose(question, data.train.y, loss)
    if problem.own_network and way.task != problem.task:
        other = problem.own_network
        raise UsageError(f"{_name_of(model)} does not learn --task {problem.task}; {other} does")
    if problem.reads_target and not data.train.has_target:
        raise UsageError(
            f"{data.name} has no target to learn: name one with --target, or give (X, y); "
            "--task reconstruction needs none"
        )
    return way.problem_of(problem, data.train, loss)


def _name_of(model: Any) -> str:
    return str(model.get("name") if isinstance(model, Mapping) else model)


def with_transform(problem: Problem, data: Data, settings: Settings) -> tuple[Problem, dict[str, str]]:
    """The problem with the transform of the target that was asked for, and what it is."""
    asked = settings.target_transform
    if asked in (None, "standard"):
        return problem, {}
    if data.train.y is not None and asked != "auto":
        every = data.train.y if data.whole_y is None else data.whole_y
        problem.check_transform(str(asked), every)  # which names the row of the file
    found, said = problem.with_transform(str(asked), data.train.y)
    for part in (data.valid, data.test):
        if part is not None and part.has_target:
            found.targets(part.y)  # what it is not defined for is refused before anything is learned
    return found, {"target": said}

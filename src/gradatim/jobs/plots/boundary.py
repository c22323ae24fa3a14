"""What a run decides in every place of a plane through its inputs."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError
from gradatim.explain.figures.boundary import Points, boundary_figure, plane
from gradatim.explain.number_format import count
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.plots.slices import Slice, inputs_at, slice_of
from gradatim.jobs.run import Run
from gradatim.problems.classes import Classes
from gradatim.runs.asking import ask, outputs_of

WHAT = "a boundary"


def boundary(asked: PlotRequest) -> Drawing:
    """The decisions over two inputs, and the training and test examples among them; x=COLUMN y=COLUMN choose
    two of more.
    """
    for name in asked.arguments:
        if name not in ("x", "y"):
            raise UsageError(f"plot boundary takes no argument {name!r}: x=COLUMN and y=COLUMN are the axes")
    run = asked.run()
    problem = run.trained.problem
    if run.data.train.layout != "rows" or not isinstance(problem, Classes):
        raise UsageError(f"{WHAT} is drawn of a run whose examples are in memory and have classes")
    where = slice_of(run, [asked.arguments.get("x"), asked.arguments.get("y")], WHAT)

    def probabilities(places: np.ndarray) -> np.ndarray:
        return problem.predictions(outputs_of(run.trained, where.at(places)))

    train, right, n = _points(run, problem, run.data.train, where)
    facts: dict[str, Any] = {"accuracy_on_training_examples": right / n}
    test, said = None, ""
    if run.data.test is not None:
        test, right, n = _points(run, problem, run.data.test, where)
        facts["accuracy_on_test_examples"] = right / n
        said = f": {count(right)} of {count(n)} test examples right"
    every = train.x if test is None else np.concatenate([train.x, test.x])
    title = f"Decision boundary of {name_of(run)}{said}"
    figure = boundary_figure(
        plane(probabilities, every), train, problem.known_names(probabilities(train.x[:1])), where.names,
        title, test, where.words, problem.threshold["value"] if problem.threshold else 0.5,
    )  # fmt: skip
    return Drawing(figure, facts | ({"held": where.held} if where.held else {}))


def _points(run: Run, problem: Classes, part: Any, where: Slice) -> tuple[Points, int, int]:
    """A part's examples in the plane, and how many of how many are decided for rightly."""
    rows, x = inputs_at(run, part, where)
    if not len(rows):
        raise UsageError(f"no example has a value in {' and '.join(where.names)}")
    some = part.take(rows)
    answers = ask(run.trained, some)
    wrong = problem.answer(answers.a) != np.asarray(some.y)
    return Points(x, np.asarray(some.y), wrong), int((~wrong).sum()), len(rows)

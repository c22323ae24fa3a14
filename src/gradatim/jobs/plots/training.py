"""A training replayed: the boundary after every epoch shown, moving."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from gradatim.checks import UsageError, whole
from gradatim.device import threads
from gradatim.explain.figures.animation import Animation, Frame
from gradatim.explain.figures.boundary import MOST_CLASSES, Points, plane
from gradatim.files import is_folder
from gradatim.jobs.plots.request import Drawing, PlotRequest
from gradatim.jobs.plots.slices import Slice, inputs_at, slice_of
from gradatim.jobs.resume import plan_again
from gradatim.jobs.run import Run
from gradatim.planning.data_options import DATA_NAMES, DataOptions
from gradatim.planning.find_data import find_data
from gradatim.planning.make_loop import loop_of
from gradatim.planning.make_plan import make_plan
from gradatim.planning.plan import Plan
from gradatim.planning.training_options import settings_from
from gradatim.problems.classes import Classes
from gradatim.runs.asking import ask, outputs_of
from gradatim.runs.folder import RUNS
from gradatim.runs.trained import Trained

MOST_FRAMES, FRAMES = 100, 40
FINE = 72  # places along each axis
ARGUMENTS = ("x", "y", "frames", "epochs")
WHAT = "a training"


class _Replay(NamedTuple):
    """What a slice is taken of."""

    data: Any
    trained: Trained
    path: str


def training(asked: PlotRequest) -> Drawing:
    """Train again, as a run's config says or as `train DATA` would, and keep what is decided where.

    x=COLUMN and y=COLUMN are the axes, frames=NUMBER the most that are shown, epochs=NUMBER how long.
    """
    for name in asked.arguments:
        if name not in ARGUMENTS:
            raise UsageError(f"plot training takes no argument {name!r}: choose from {', '.join(ARGUMENTS)}")
    frames = whole("frames", asked.arguments.get("frames", FRAMES), 2, MOST_FRAMES)
    thing = asked.one("name a run, or data to learn such as moons")
    name, plan = _plan(thing, asked)
    problem, loop = plan.trained.problem, loop_of(plan)
    if plan.data.train.layout != "rows" or not isinstance(problem, Classes):
        raise UsageError(f"{WHAT} is drawn of a run whose examples are in memory and have classes")
    replay = _Replay(plan.data, plan.trained, name)
    where = slice_of(replay, [asked.arguments.get("x"), asked.arguments.get("y")], WHAT)
    film, epochs = _film(plan, loop, problem, where, replay, frames)
    last = film.frames[-1]
    facts = {"epochs": epochs, "frames": len(film.frames), "loss": last.loss, "accuracy": last.accuracy}
    return Drawing(film, facts)


def _plan(thing: Any, asked: PlotRequest) -> tuple[str, Plan]:
    """The plan of a run, from its beginning; or of data, as `train` makes it."""
    epochs = asked.arguments.get("epochs")
    more: dict[str, Any] = {} if epochs is None else {"epochs": whole("epochs", epochs, 1)}
    options = dict(asked.options)
    if isinstance(thing, Run) or (isinstance(thing, str) and (is_folder(thing) or is_folder(RUNS / thing))):
        if options:
            raise UsageError(f"a run's settings are complete: it takes no option {next(iter(options))}")
        path = thing.path if isinstance(thing, Run) else thing
        folder, plan = plan_again(path, (None, None, None, None), None, None, {}, {}, None)
        if more:
            plan.settings = replace(plan.settings, **more)
        return folder.path.name, plan
    model = options.pop("model", None)
    of_data = {name: options.pop(name) for name in DATA_NAMES if name in options}
    found = find_data(thing, DataOptions(**of_data))
    plan = make_plan(found, settings_from({**options, **more}), model, {})
    return plan.data.name, plan


def _film(
    plan: Plan, loop: Any, problem: Classes, where: Slice, replay: _Replay, most: int
) -> tuple[Animation, int]:  # fmt: skip
    """Train, and keep a frame before the first epoch and after those that are shown."""
    train, trained = plan.data.train, plan.trained
    rows, x = inputs_at(replay, train, where)
    some = train.take(rows)

    def probabilities(places: np.ndarray) -> np.ndarray:
        return problem.predictions(outputs_of(trained, where.at(places)))

    def frame(epoch: int, loss: float | None) -> Frame:
        right = problem.answer(ask(trained, some).a) == np.asarray(some.y)
        return Frame(epoch, plane(probabilities, x, FINE), loss, float(right.mean()))

    shown = epochs_shown(loop.epochs, most)
    with threads(plan.settings.engine, plan.settings.threads or 1):
        frames, epoch = [frame(0, None)], 0
        for record in loop:
            epoch = record.epoch
            if epoch in shown or loop.finished:
                frames.append(frame(epoch, record.train_loss))
    names = [str(one) for one in problem.known_names(probabilities(x[:1]))]
    if len(names) > MOST_CLASSES:
        raise UsageError(f"{len(names)} classes cannot be told apart in one picture: at most {MOST_CLASSES}")
    points = Points(x, np.asarray(some.y), np.zeros(len(x), bool))
    return Animation(frames, points, where.names, names, f"Training on {replay.path}"), epoch


def epochs_shown(epochs: int, most: int) -> set[int]:
    """The first epochs one by one, later ones further apart: a network changes most in the beginning.

    >>> sorted(epochs_shown(100, 8))
    [1, 2, 4, 7, 14, 27, 52, 100]
    """
    if epochs <= most:
        return set(range(1, epochs + 1))
    return {round(float(epoch)) for epoch in np.geomspace(1, epochs, most)} | {epochs}

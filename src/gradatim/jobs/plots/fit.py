"""What a run answers along one input: a fitted line and its intervals, or the probability of each class."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gradatim.checks import UsageError, known
from gradatim.explain.figures.fit import MOST_CLASSES, Curve, Fit, Seen, fit_figure
from gradatim.explain.number_format import count
from gradatim.jobs.plots.request import Drawing, PlotRequest, name_of
from gradatim.jobs.plots.slices import Slice, inputs_at, slice_of
from gradatim.jobs.run import Run
from gradatim.problems.classes import Classes
from gradatim.problems.intervals import LEVEL, Intervals
from gradatim.problems.mixtures import Mixtures
from gradatim.problems.numbers import Numbers
from gradatim.runs.asking import outputs_of

WHAT = "a fit"
FINE = 400  # places along the axis
ROOM = 0.03  # of the axis, beside the examples


def fit(asked: PlotRequest) -> Drawing:
    """The answers along one input, and the training and test examples beside them; x=COLUMN chooses one of
    more, target=NAME one of several numbers.
    """
    for name in asked.arguments:
        if name not in ("x", "target"):
            raise UsageError(f"plot fit takes no argument {name!r}: x=COLUMN and target=NAME do")
    run = asked.run()
    problem = run.trained.problem
    if run.data.train.layout != "rows" or not isinstance(problem, Classes | Numbers):
        raise UsageError(f"{WHAT} is drawn of a run whose examples are in memory and have classes or numbers")
    where = slice_of(run, [asked.arguments.get("x")], WHAT)
    parts = [part for part in (run.data.train, run.data.test) if part is not None]
    places = [inputs_at(run, part, where) for part in parts]
    x = _places(np.concatenate([x[:, 0] for _, x in places]), where)
    a = outputs_of(run.trained, where.at(x[:, None]))
    draw = _classes if isinstance(problem, Classes) else _numbers
    found = draw(run, problem, a, x, parts, places, asked.arguments.get("target"))
    title = f"{name_of(run)}: {found.y_name} along {where.names[0]}"
    facts = {"x": x.tolist(), "prediction": {one.name: one.y.tolist() for one in found.curves}}
    facts |= {"held": where.held} if where.held else {}
    return Drawing(fit_figure(found, where.names[0], title, where.words), facts)


def _places(x: np.ndarray, where: Slice) -> np.ndarray:
    if not len(x):
        raise UsageError(f"no example has a value in {where.names[0]}")
    room = ROOM * (float(np.ptp(x)) or 1.0)
    return np.linspace(x.min() - room, x.max() + room, FINE)


def _numbers(
    run: Run, problem: Any, a: np.ndarray, x: np.ndarray, parts: Sequence[Any], places: Sequence[Any],
    target: Any,
) -> Fit:  # fmt: skip
    """The predicted number, its interval where there is one, and the true ones."""
    predictions = problem.predictions(a)
    names = [str(name) for name in problem.known_names(predictions)]
    if target is None and len(names) > 1:
        raise UsageError(f"{WHAT} is drawn of one number: say target=NAME, of {', '.join(names)}")
    t = 0 if target is None else names.index(known("target", str(target), names))
    low = high = None
    if isinstance(problem, Intervals | Mixtures):
        low, high = (end[:, t] for end in problem.ends(a))
    curve = Curve("prediction", predictions[:, t], 0, low, high)
    seen = []
    for part, (rows, values) in zip(parts, places, strict=True):
        y = np.asarray(part.y).reshape(len(part), -1)[rows, t]
        seen.append(Seen(values[:, 0], y, np.zeros(len(y), dtype=int)))
    return Fit(x, [curve], seen, names[t], f"{LEVEL:.0%} interval" if low is not None else "", ())


def _classes(
    run: Run, problem: Any, a: np.ndarray, x: np.ndarray, parts: Sequence[Any], places: Sequence[Any],
    target: Any,
) -> Fit:  # fmt: skip
    """The probability of each class, of two that of the second; each example at the probability it has of
    being one of that class: 0 or 1.
    """
    if target is not None:
        raise UsageError("target=NAME is for several numbers; the run tells classes apart")
    p = problem.predictions(a)
    names = [str(name) for name in problem.known_names(p)]
    if len(names) > MOST_CLASSES:
        raise UsageError(
            f"{count(len(names))} classes cannot be told apart in one picture: at most {MOST_CLASSES}"
        )
    shown = [1] if len(names) == 2 else range(len(names))
    curves = [Curve(f"p({names[k]})", p[:, k], k, None, None) for k in shown]
    seen = []
    for part, (rows, values) in zip(parts, places, strict=True):
        y = np.asarray(part.y)[rows]
        seen.append(Seen(values[:, 0], (y == 1).astype(float) if len(names) == 2 else np.zeros(len(y)), y))
    said = f"probability of {names[1]}" if len(names) == 2 else "probability of each class"
    return Fit(x, curves, seen, said, "", tuple(names))

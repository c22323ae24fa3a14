"""How often descent leaves a poor minimum and a saddle, and what step decay is for (C12)."""

from collections.abc import Callable, Sequence
from functools import partial
from math import inf

import numpy as np

from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.lines import mean_of, panel_of_lines
from gradatim.experiments.reproduction import DASH
from gradatim.experiments.surfaces import Surface, panel_of_paths, path, point, quadratic, saddle, two_minima
from gradatim.explain.charts.chart import Chart, Panel
from gradatim.functional import schedules
from gradatim.random import generator

EXAMPLES = 64
SPREAD = 1.0  # of the examples' slopes around the mean: standard deviation
LR = 0.1
METHODS = {  # the optimiser, and whether a step sees all examples
    "full batch": ("sgd", True),
    "full batch, momentum": ("momentum", True),
    "SGD": ("sgd", False),
    "SGD, momentum": ("momentum", False),
}
OFF = 1e-6  # from the ridge
BOWL = (0.5, 2.0)  # curvatures


class LeavingSaddles(Claim):
    """Full-batch descent stays where the gradient vanishes; noise and momentum carry a point on.

        f(θ) = 1/n Σᵢ fᵢ(θ),   fᵢ(θ) = F(θ) + aᵢᵀθ,   Σᵢ aᵢ = 0

    All examples together are the surface F itself, and one example is F with a slope of its own: the gradient
    of a minibatch is ∇F + noise. Around a minimum the noise holds θ at a distance that grows with η, so that
    a smaller η settles deeper (Robbins & Monro 1951).
    """

    title = "Leaving poor minima and saddles"
    claim = (
        "Full-batch descent never leaves a poor minimum, nor a saddle from its ridge; the noise of single "
        "examples leaves both, and momentum rolls through the poor minimum when it comes from above; with "
        "a constant η the value rattles, and step decay settles at a fifth of it or less."
    )
    data = (
        "surfaces in the plane, each the mean of 64 examples' own: two minima of which one is poor, a "
        "saddle, a bowl; starts and examples are drawn anew by each seed, and so are as many trials as the "
        "size says"
    )
    measure = (
        "the share of the trials that end in the better minimum, begun on the outer slope of the poor one; "
        "the share that has left the saddle, begun on its ridge, and the mean steps from 0.000001 beside "
        "it; the mean value of the last tenth of the steps on the bowl, with step decay in units of a "
        "constant η"
    )
    thresholds = (
        Threshold("minimum_full", "share that leaves the poor minimum, full batch", "≤", 0.0),
        Threshold("minimum_sgd", "share that leaves the poor minimum, SGD", "≥", 0.2),
        Threshold("minimum_momentum", "share that leaves the poor minimum, full batch, momentum", "≥", 0.2),
        Threshold("saddle_full", "largest share that leaves the saddle from its ridge, full batch", "≤", 0.0),
        Threshold("saddle_sgd", "share that leaves the saddle from its ridge, SGD", "≥", 0.95),
        Threshold("saddle_steps", "steps off the saddle with momentum in units of those without", "≤", 0.5),
        Threshold("decay_ratio", "value with step decay in units of that with a constant η", "≤", 0.2),
    )  # fmt: skip
    sizes = Sizes(default={"trials": 200, "steps": 1000}, full={"trials": 2000, "steps": 5000})

    def run(self, seed: int, trials: int, steps: int) -> Measures:
        """Every way of descent on every surface, all trials side by side."""
        found: Measures = {}
        draw = generator(seed, "starts")
        slope = np.stack([draw.uniform(1.2, 1.8, trials), draw.uniform(-1, 1, trials)], 1)
        ridge = np.stack([draw.uniform(0.5, 1.5, trials), np.zeros(trials)], 1)
        for name, (optimizer, full) in METHODS.items():
            noise = None if full else _noise(seed, trials)
            minimum = path(two_minima((1.5, 0.0)), optimizer, LR, steps, start=slope, noise=noise)
            off = path(saddle((1.0, 0.0)), optimizer, LR, steps, start=ridge, noise=noise)
            found[f"minimum.{name}"] = float((minimum[-1, :, 0] < 0).mean())
            found[f"saddle.{name}"] = float((np.abs(off[-1, :, 1]) > 0.5).mean())
            found[f"path.minimum.{name}"] = minimum[:100, 0].round(3)
            found[f"path.saddle.{name}"] = off[:100, 0].round(3)
            near = ridge + np.array([0.0, OFF])
            beside = path(saddle((1.0, 0.0)), optimizer, LR, steps, start=near, noise=noise)
            found[f"steps.{name}"] = _steps_off(beside)
        return found | _decay(seed, trials, steps) | {
            "minimum_full": found["minimum.full batch"],
            "minimum_sgd": found["minimum.SGD"],
            "minimum_momentum": found["minimum.full batch, momentum"],
            "saddle_full": max(found["saddle.full batch"], found["saddle.full batch, momentum"]),
            "saddle_sgd": found["saddle.SGD"],
            "saddle_steps": found["steps.full batch, momentum"] / found["steps.full batch"],
        }  # fmt: skip

    def chart(self, results: Sequence[Measures]) -> Chart:
        """A path of each kind on both surfaces, and the value by step with and without decay."""
        panels = [
            _paths(results, "minimum", two_minima((1.5, 0.0)), "two minima: the left one is better"),
            _paths(results, "saddle", saddle((1.0, 0.0)), "a saddle, begun on its ridge"),
        ]
        lines = {}
        for name in ("constant η", "step decay"):
            values = mean_of(results, name)
            lines[name] = np.linspace(0, 1, len(values)), values
        words = "value by step: with a constant learning rate it rattles, with step decay it settles"
        panels.append(panel_of_lines("share of the steps", "value", lines, words, log_y=True))
        return Chart(self.title, tuple(panels), columns=3)

    def table(self, results: Sequence[Measures]) -> Table:
        """For each way of descent the shares that leave, and the steps that it takes; means of all seeds."""
        rows = []
        for name in METHODS:
            shares = [f"{float(mean_of(results, f'{kind}.{name}')):.1%}" for kind in ("minimum", "saddle")]
            steps = [one[f"steps.{name}"] for one in results if one[f"steps.{name}"] is not None]
            rows.append([name, *shares, f"{np.mean(steps):.0f}" if steps else DASH])
        return Table(
            ["descent", "leave the poor minimum", "leave the saddle from its ridge", "steps from beside it"],
            rows,
        )


def example_slopes(seed: int) -> np.ndarray:
    """The slope of each example's own surface, (64, 2), whose mean is 0.

    >>> bool(abs(example_slopes(0).mean(0)).max() < 1e-15)
    True
    """
    slopes = generator(seed, "examples").normal(size=(EXAMPLES, 2))
    slopes -= slopes.mean(0)
    return SPREAD * slopes / slopes.std(0)


def _noise(seed: int, trials: int) -> Callable[[int], np.ndarray]:
    """What one example's gradient has beyond the mean's: another example for each trial."""
    slopes, draw = example_slopes(seed), generator(seed, "order")
    return lambda step: slopes[draw.integers(EXAMPLES, size=trials)]


def _steps_off(points: np.ndarray) -> float:
    """The mean number of steps until |y| > ½; a trial that never gets there makes it infinite."""
    off = np.abs(points[:, :, 1]) > 0.5
    return float(off.argmax(0).mean()) if off.any(0).all() else inf


def _decay(seed: int, trials: int, steps: int) -> Measures:
    """The mean value of all trials on a bowl by step, with a constant η and with step decay."""
    bowl = quadratic(BOWL, (1.0, 1.0))
    start = np.ones((trials, 2))
    found: Measures = {}
    ways = {"constant η": schedules.constant, "step decay": schedules.step}
    for name, schedule in ways.items():
        points = path(
            bowl, "sgd", LR, steps, start=start, noise=_noise(seed, trials),
            rates=partial(_rate, schedule, steps),
        )  # fmt: skip
        found[name] = bowl.value(points).mean(1)
    last = max(steps // 10, 1)
    found["decay_ratio"] = float(found["step decay"][-last:].mean() / found["constant η"][-last:].mean())
    return {
        key: value if np.ndim(value) == 0 else value[:: max(steps // 200, 1)] for key, value in found.items()
    }


def _rate(schedule: schedules.Schedule, steps: int, step: int) -> float:
    return schedule(step, steps)


def _paths(results: Sequence[Measures], kind: str, surface: Surface, words: str) -> Panel:
    """A trial of the first seed for each way of descent."""
    paths = {name: results[0][f"path.{kind}.{name}"] for name in METHODS}
    return panel_of_paths(surface._replace(start=point(paths["SGD"][0])), paths, words, words)

"""The catalogue's optimisers on the same four surfaces (C10)."""

from collections.abc import Callable, Sequence

import numpy as np

from gradatim import catalog
from gradatim.experiments.claim import Claim, Measures, Sizes, Table, Threshold
from gradatim.experiments.lines import mean_of
from gradatim.experiments.surfaces import Surface, panel_of_paths, path, point, quadratic, saddle, two_minima
from gradatim.explain.charts.chart import Chart
from gradatim.explain.number_format import measure
from gradatim.random import generator

BOWL = (1.0, 100.0)  # curvatures: a condition number of 100
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SURFACES: dict[str, Callable[[], Surface]] = {
    "bowl": lambda: quadratic(BOWL, (1.0, 0.3)),
    "saddle": lambda: saddle((1.3, 0.001)),
    "two minima": lambda: two_minima((1.7, 1.0)),
    "noisy bowl": lambda: quadratic((1.0, 10.0), (1.0, 0.7)),
}
NOISE = 0.5  # standard deviation of what is added to each number of the gradient
LEFT = -0.1  # a value on the saddle that is only found off its ridge
AT_ONE_RATE = 0.01  # of the saddle's measure
RHO = 0.9
RHOS = (0.5, 0.7, 0.8, 0.9)
PANELS = 6  # paths that one panel can tell apart


class OptimizerPaths(Claim):
    """Why momentum, and why a rate for each parameter: paths of all optimisers on surfaces that one can see.

    On a bowl with curvatures 1 … κ descent needs some κ steps and momentum some √κ (Polyak 1964). Along a
    curvature λ Nesterov's momentum damps by ρ(1 − ηλ), the heavy ball by ρ, so that it overshoots less.
    """

    title = "Paths of optimisers on the same surfaces"
    claim = (
        "On an ill-conditioned bowl momentum and Nesterov's momentum need at most half the steps of "
        "gradient descent, each at its best η and ρ, and Nesterov's overshoots less than the heavy ball at "
        "the same η and ρ; Adam leaves a saddle in fewer steps than descent at the same η; with a constant "
        "η what settles on a bowl rattles on a noisy one."
    )
    data = (
        "four surfaces in the plane: a bowl of condition number 100; a saddle, begun 0.001 off its ridge; "
        "two minima, begun on the poor one's side; a bowl whose gradient has normal noise of 0.5; the seed "
        "moves the start and draws the noise"
    )
    measure = (
        "steps until the bowl's value stays below a thousandth of the first; the farthest that a path goes "
        "beyond the minimum along either axis, in units of the start's distance, at η = 1/(2λ_max) and ρ = "
        "0.9; steps until the saddle's value stays below −0.1 at η = 0.01; the mean value of the last "
        "tenth of the steps"
    )
    thresholds = (
        Threshold("overshoot_ratio", "Nesterov's overshoot in units of the heavy ball's", "≤", 0.8),
        Threshold("momentum_ratio", "momentum's steps down the bowl in units of descent's", "≤", 0.5),
        Threshold("nesterov_ratio", "Nesterov's steps down the bowl in units of descent's", "≤", 0.5),
        Threshold("saddle_ratio", "Adam's steps off the saddle in units of descent's", "≤", 0.5),
        Threshold("rattle", "least of three: value on the noisy bowl in units of that on the bowl", "≥", 100),
    )
    sizes = Sizes(default={"steps": 150, "longest": 300}, full={"steps": 1000, "longest": 3000})

    def run(self, seed: int, steps: int, longest: int) -> Measures:
        """Every optimiser on every surface at its best rate there; then what is measured."""
        found: Measures = {}
        for kind, make in SURFACES.items():
            surface = _moved(make(), seed)
            noise = _noise(seed, steps) if kind == "noisy bowl" else None
            for name in catalog.names("optimizer"):
                best = min((_at(surface, name, rate, steps, noise) for rate in RATES), key=lambda one: one[0])
                value, rate, points = best
                found[f"{kind}.{name}.value"], found[f"{kind}.{name}.rate"] = value, rate
                found[f"{kind}.{name}.path"] = points[:: max(steps // 75, 1)].round(4)
        return found | _bowl_measures(seed, longest) | _saddle_measure(seed) | _rattle(seed, steps)

    def chart(self, results: Sequence[Measures]) -> Chart:
        """A row for each surface, the optimisers in panels of six; paths of the first seed."""
        names = catalog.names("optimizer")
        panels = []
        for kind, make in SURFACES.items():
            for first in range(0, len(names), PANELS):
                group = names[first : first + PANELS]
                paths = {name: results[0][f"{kind}.{name}.path"] for name in group}
                words = f"{kind}: paths of {', '.join(group)}"
                surface = make()._replace(start=point(paths[group[0]][0]))
                panels.append(panel_of_paths(surface, paths, words, kind))
        return Chart(self.title, tuple(panels), columns=3)

    def table(self, results: Sequence[Measures]) -> Table:
        """For each optimiser the value that it ends with, the mean of all seeds, and the rate."""
        rows = []
        for name in catalog.names("optimizer"):
            values = [float(mean_of(results, f"{kind}.{name}.value")) for kind in SURFACES]
            rates = [results[0][f"{kind}.{name}.rate"] for kind in SURFACES]
            cells = [f"{measure(v, 3)} at {measure(r, 2)}" for v, r in zip(values, rates, strict=True)]
            rows.append([name, *cells])
        return Table(["value at the best η", *SURFACES], rows)


def _moved(surface: Surface, seed: int) -> Surface:
    """The same with its start moved by up to a tenth in each number."""
    factors = generator(seed, "start").uniform(0.9, 1.1, 2)
    return surface._replace(start=point(factors * surface.start))


def _noise(seed: int, steps: int) -> Callable[[int], np.ndarray]:
    drawn = NOISE * generator(seed, "noise").normal(size=(steps, 2))
    return lambda step: drawn[step]


def _at(
    surface: Surface, name: str, rate: float, steps: int, noise: Callable[[int], np.ndarray] | None
) -> tuple[float, float, np.ndarray]:
    """The mean value of the last tenth of the steps, the rate and the path."""
    points = path(surface, name, rate, steps, noise=noise)
    return float(surface.value(points[-max(steps // 10, 1) :]).mean()), rate, points


def steps_until(surface: Surface, points: np.ndarray, value: float) -> float:
    """The first step from which on no value is above this one; infinite where the last one is.

    >>> bowl = quadratic((1.0, 1.0), (1.0, 0.0))
    >>> steps_until(bowl, np.array([[1.0, 0.0], [0.1, 0.0], [-0.5, 0.0], [0.1, 0.0]]), 0.01)
    3.0
    """
    above = np.flatnonzero(~(surface.value(points) <= value))
    if not len(above):
        return 0.0
    return float(above[-1] + 1) if above[-1] + 1 < len(points) else float("inf")


def overshoot(points: np.ndarray) -> float:
    """How far a path goes beyond the minimum in 0, on either axis, in units of where it began.

    >>> overshoot(np.array([[2.0, 1.0], [-1.0, 0.5], [0.5, -0.1]]))
    0.5
    """
    return float(np.max(-points / points[0]).clip(min=0.0))


def _bowl_measures(seed: int, longest: int) -> Measures:
    bowl = _moved(SURFACES["bowl"](), seed)
    target = 1e-3 * float(bowl.value(np.array(bowl.start)))
    steps = {
        name: min(
            steps_until(bowl, path(bowl, name, rate, longest, settings=settings), target)
            for settings in ([{}] if name == "sgd" else [{"momentum": rho} for rho in RHOS])
            for rate in np.geomspace(0.1, 3.9, 20) / max(BOWL)
        )
        for name in ("sgd", "momentum", "nesterov")
    }
    beyond = {
        name: overshoot(path(bowl, name, 0.5 / max(BOWL), longest, settings={"momentum": RHO}))
        for name in ("momentum", "nesterov")
    }
    return {
        **{f"steps_{name}": count for name, count in steps.items()},
        **{f"overshoot_{name}": far for name, far in beyond.items()},
        "overshoot_ratio": beyond["nesterov"] / beyond["momentum"],
        "momentum_ratio": steps["momentum"] / steps["sgd"],
        "nesterov_ratio": steps["nesterov"] / steps["sgd"],
    }


def _saddle_measure(seed: int) -> Measures:
    surface = _moved(SURFACES["saddle"](), seed)
    steps = {
        name: steps_until(surface, path(surface, name, AT_ONE_RATE, 2000), LEFT) for name in ("sgd", "adam")
    }
    ratio = steps["adam"] / steps["sgd"]
    return {"saddle_ratio": ratio, "saddle_sgd": steps["sgd"], "saddle_adam": steps["adam"]}


def _rattle(seed: int, steps: int) -> Measures:
    """The noisy bowl with and without its noise, at η = 1/(2λ_max)."""
    surface = _moved(SURFACES["noisy bowl"](), seed)
    steps = max(steps, 400)
    ratios = []
    for name in ("sgd", "momentum", "nesterov"):
        with_noise, without = (
            _at(surface, name, 0.05, steps, noise)[0] for noise in (_noise(seed, steps), None)
        )
        ratios.append(with_noise / max(without, 1e-30))
    return {"rattle": min(ratios)}

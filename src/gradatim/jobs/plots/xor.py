"""XOR by a linear machine, by two kernels, and by a hidden layer (curriculum A9)."""

from typing import Any

import numpy as np

from gradatim.checks import UsageError, real, whole
from gradatim.explain.figures.boundary import Plane, Points, plane
from gradatim.explain.figures.machines import Machine, machines_figure
from gradatim.jobs.plots.request import Drawing, PlotRequest

DEFAULTS: dict[str, Any] = {
    "n": 400, "noise": 0.15, "seed": 0, "degree": 2, "gamma": 2.0, "C": 100.0, "hidden": 8
}  # fmt: skip


def xor(asked: PlotRequest) -> Drawing:
    """Four machines on the clouds of XOR, with their accuracy on test examples.

    Arguments: n, noise and seed of the points; degree, gamma and C of the support vector machines; hidden
    units of the network.
    """
    if asked.things:
        raise UsageError(f"plot xor draws its own points: {asked.things[0]!r} belongs to plot boundary")
    for name in asked.arguments:
        if name not in DEFAULTS:
            raise UsageError(f"plot xor takes no argument {name!r}: choose from {', '.join(DEFAULTS)}")
    chosen = {**DEFAULTS, **asked.arguments}
    for name in ("n", "degree", "hidden"):
        chosen[name] = whole(name, chosen[name], 8 if name == "n" else 1)
    for name in ("gamma", "C"):
        chosen[name] = real(name, chosen[name], above=0)
    machines = _machines(chosen)
    facts = {"accuracies": {machine.name: machine.accuracy for machine in machines}}
    words = "share of test examples that are right; a person chose each kernel, the hidden layer was learned"
    return Drawing(machines_figure(machines, "XOR: a line, two kernels, a hidden layer", words), facts)


def _machines(chosen: dict[str, Any]) -> list[Machine]:
    """Fit the four on one half of the points, and measure them on the other."""
    from sklearn.svm import SVC

    from gradatim.data import xor as points
    from gradatim.estimators import MLPClassifier

    found = points(n=chosen["n"], noise=chosen["noise"], seed=chosen["seed"])
    x, y = np.asarray(found.x, dtype=float), np.asarray(found.y)
    second = np.arange(len(x)) // 4 % 2 == 1  # each half has all four clouds
    slack, degree, gamma = chosen["C"], chosen["degree"], chosen["gamma"]
    hidden, seed = chosen["hidden"], chosen["seed"]
    named = {
        "linear": SVC(kernel="linear", C=slack),
        f"polynomial kernel, degree {degree}": SVC(kernel="poly", degree=degree, gamma=1, coef0=1, C=slack),
        f"RBF kernel, γ = {gamma:g}": SVC(kernel="rbf", gamma=gamma, C=slack),
        f"{hidden} hidden units": MLPClassifier(
            (hidden,), activation="tanh", solver="lbfgs", max_iter=500, random_state=seed
        ),
    }
    return [_measured(name, machine, x, y, second) for name, machine in named.items()]


def _measured(name: str, machine: Any, x: np.ndarray, y: np.ndarray, second: np.ndarray) -> Machine:
    machine.fit(x[~second], y[~second])
    wrong = machine.predict(x[second]) != y[second]
    over: Plane = plane(lambda places: _probabilities(machine, places), x)
    return Machine(name, over, Points(x[second], y[second], wrong), float(1 - wrong.mean()))


def _probabilities(machine: Any, places: np.ndarray) -> np.ndarray:
    """A network's own; of a support vector machine σ(2f), so that its margin, f = ±1, is well tinted."""
    if hasattr(machine, "decision_function"):
        p = 1 / (1 + np.exp(-2 * machine.decision_function(places)))
    else:
        p = machine.predict_proba(places)[:, 1]
    return np.stack([1 - p, p], 1)

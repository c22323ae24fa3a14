"""The sawtooth by networks of depth 1, 2 and k, exact and trained (curriculum A10)."""

from typing import Any

import numpy as np

from gradatim.by_hand.network import Network
from gradatim.by_hand.sawtooth import constructed
from gradatim.by_hand.sawtooth_training import smallest
from gradatim.checks import UsageError, real, whole
from gradatim.explain.figures.sawtooth import FINE, Curve, sawtooth_figure
from gradatim.jobs.plots.request import Drawing, PlotRequest

DEFAULTS: dict[str, Any] = {"k": 3, "error": 0.1, "steps": 1500, "seed": 0}


def sawtooth(asked: PlotRequest) -> Drawing:
    """The exact networks' curve, and of every depth the trained one's; arguments k, error, steps, seed."""
    if asked.things:
        raise UsageError(f"plot sawtooth draws what it trains itself; it takes no {asked.things[0]!r}")
    for name in asked.arguments:
        if name not in DEFAULTS:
            raise UsageError(f"plot sawtooth takes no argument {name!r}: choose from {', '.join(DEFAULTS)}")
    chosen = {**DEFAULTS, **asked.arguments}
    k, seed = whole("k", chosen["k"], 1, 6), whole("seed", chosen["seed"], 0)
    error, steps = real("error", chosen["error"], above=0), whole("steps", chosen["steps"], 1, 20_000)
    deep = constructed(k, k)
    curves = [_curve(f"exact, depth {k}: {2 * k} units", deep)]
    facts: dict[str, Any] = {"exact": {"depth": k, "units": 2 * k}, "trained": []}
    for depth in sorted({1, min(2, k), k}):
        found = smallest(k, depth, error, steps, seed)
        facts["trained"].append({"depth": depth, "units": found.units, "error": found.error})
        reached = "" if found.error <= error else ", not reached"
        curves.append(
            _curve(f"trained, depth {depth}: {found.units} units, error {found.error:.2f}{reached}",
                   found.network)
        )  # fmt: skip
    title = f"A sawtooth of {2**k} teeth: networks trained to a sup-norm error of {error:g}"
    return Drawing(sawtooth_figure(k, curves, title), facts)


def _curve(name: str, network: Network) -> Curve:
    x = np.linspace(0, 1, FINE)
    return Curve(name, x, network.forward(x[:, None])[:, 0])

"""Losses as functions of the network's output, with their derivatives (curriculum B9, B10), by hand."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from gradatim.by_hand.losses.by_name import LOSSES
from gradatim.by_hand.losses.classes import BinaryCrossEntropy, CrossEntropy, MultiLabel
from gradatim.by_hand.losses.counts import PoissonNLL
from gradatim.by_hand.losses.distributions import GaussianNLL, LaplaceNLL, MixtureNLL
from gradatim.by_hand.losses.focal import Focal
from gradatim.by_hand.losses.kl_divergence import KLDivergence
from gradatim.by_hand.losses.loss import Loss
from gradatim.by_hand.losses.margins import Hinge, SquaredHinge
from gradatim.by_hand.losses.nll import NLL
from gradatim.by_hand.losses.numbers import AbsoluteError, HalfSquaredError, Huber, SquaredError
from gradatim.by_hand.twins import construct
from gradatim.explain.figures.function_lines import function_lines
from gradatim.explain.figures.panels import Line, Panel, panels_figure
from gradatim.explain.figures.style import Picture


class Case(NamedTuple):
    """One output that moves, a_k, while the others and the target stay."""

    said: str
    moves: str  # the name of the output
    others: tuple[float, ...]  # every output; the one that moves is overwritten
    k: int
    target: Any
    low: float = -4.0
    high: float = 4.0


NUMBER = (Case("", "residual r = a − y", (0.0,), 0, [0.0], -3.0, 3.0),)
MARGIN = (Case("target y = 1", "score a", (0.0,), 0, 1), Case("target y = −1", "score a", (0.0,), 0, -1))
CASES: dict[type[Loss], tuple[Case, ...]] = {
    SquaredError: NUMBER,
    HalfSquaredError: NUMBER,
    AbsoluteError: NUMBER,
    Huber: NUMBER,
    BinaryCrossEntropy: (
        Case("target y = 1", "score a", (0.0,), 0, 1),
        Case("target y = 0", "score a", (0.0,), 0, 0),
    ),
    CrossEntropy: (
        Case("the other two scores are 0", "score of the right class", (0.0,) * 3, 0, 0),
        Case("the other two scores are 0", "score of a wrong class", (0.0,) * 3, 1, 0),
    ),
    MultiLabel: (
        Case("y = (1, 0), second score −2", "score a₁ of a label", (0.0, -2.0), 0, [1, 0]),
        Case("y = (0, 0), second score −2", "score a₁ of a label", (0.0, -2.0), 0, [0, 0]),
    ),
    KLDivergence: (
        Case("target (0.6, 0.3, 0.1), others 0", "first score", (0.0,) * 3, 0, [0.6, 0.3, 0.1]),
        Case("target (0.6, 0.3, 0.1), others 0", "last score", (0.0,) * 3, 2, [0.6, 0.3, 0.1]),
    ),
    NLL: (Case("", "log-probability of the right class", (0.0,) * 3, 0, 0, -4.0, 0.0),),
    Hinge: MARGIN,
    SquaredHinge: MARGIN,
    Focal: (
        Case("the other two scores are 0", "score of the right class", (0.0,) * 3, 0, 0),
        Case("the other two scores are 0", "score of a wrong class", (0.0,) * 3, 1, 0),
    ),
    GaussianNLL: (
        Case("y = 0, σ = 1", "mean μ", (0.0, 0.0), 0, [0.0], -3.0, 3.0),
        Case("y − μ = 1", "log variance s = log σ²", (0.0, 0.0), 1, [1.0], -2.0, 4.0),
    ),
    LaplaceNLL: (
        Case("y = 0, b = 1", "median μ", (0.0, 0.0), 0, [0.0], -3.0, 3.0),
        Case("∣y − μ∣ = 1", "log width s = log b", (0.0, 0.0), 1, [1.0], -2.0, 4.0),
    ),
    PoissonNLL: (Case("y = 2", "log mean a", (0.0,), 0, [2.0], -3.0, 2.0),),
    MixtureNLL: (
        Case("y = 0, two halves, σ = 1, μ₂ = 2", "mean μ₁", (0.0, 0.0, 0.0, 0.0, 0.0, 2.0), 4, [0.0], -5, 5),
        Case("y = 0, μ₁ = 0, μ₂ = 2, σ = 1", "z₁, π = softmax(z)", (0.0,) * 5 + (2.0,), 0, [0.0]),
    ),
}  # fmt: skip
FORMULAS: dict[type[Loss], str] = {
    SquaredError: "r²",
    HalfSquaredError: "½ r²",
    AbsoluteError: "∣r∣",
    Huber: "½ r², beyond ±δ: δ(∣r∣ − ½δ)",
    BinaryCrossEntropy: "−y log p − (1−y) log(1−p), p = σ(a)",
    CrossEntropy: "−log p of the right class",
    MultiLabel: "Σ of binary cross entropies",
    KLDivergence: "Σ yₖ log(yₖ/pₖ), p = softmax(a)",
    NLL: "−a of the right class, a = log p",
    Hinge: "max(0, 1 − y a)",
    SquaredHinge: "max(0, 1 − y a)²",
    Focal: "−(1 − p)ᵞ log p, p of the right class",
    GaussianNLL: "½[log 2π + s + (y − μ)² e⁻ˢ]",
    LaplaceNLL: "log 2 + s + ∣y − μ∣ e⁻ˢ",
    PoissonNLL: "eᵃ − y a",
    MixtureNLL: "−log Σ πₖ N(y; μₖ, σₖ²)",
}
SLOPE_LIMITS = (-3.0, 4.0)


def loss_names() -> list[str]:
    """Every loss there is a picture of; of two names of one loss, the first."""
    first = {made_by: name for name, made_by in reversed(LOSSES.items())}
    return [name for name in LOSSES if name in first.values() and LOSSES[name] in CASES]


def losses_figure(names: list[str], arguments: dict[str, Any]) -> Picture:
    """The losses by name, side by side; one alone, in each of its cases."""
    if len(names) == 1:
        panels = [loss_panel(names[0], arguments, case) for case in range(len(CASES[LOSSES[names[0]]]))]
    else:
        panels = [loss_panel(name, arguments) for name in names]
    title = "Losses and their derivatives by the output" if len(names) > 1 else ""
    return panels_figure(panels, title, at_kink="l′ at a kink")


def loss_panel(name: str, arguments: dict[str, Any] | None = None, case: int = 0) -> Panel:
    """Value and derivative of a loss of one example, as one of the outputs moves."""
    given = dict(arguments or {})
    if LOSSES[name] is MixtureNLL:
        given = {"components": 2, **given}
    loss: Loss = construct(LOSSES[name], name, given)
    which = CASES[type(loss)][case]
    places = [sign * place for place in _kinks(loss) for sign in ((1,) if place == 0 else (-1, 1))]
    traced = function_lines(_probe(loss, which), which.low, which.high, places)
    said = {"delta": "δ", "smoothing": "smoothing ε", "gamma": "γ", "alpha": "α"}
    constants = [f"{said[key]} = {vars(loss)[key]:g}" for key in said if vars(loss).get(key)]
    second = "; ".join(filter(None, (which.said, *constants, traced.said("l′"))))
    values = np.concatenate([line[np.isfinite(line)] for line in (traced.value, traced.derivative)])
    low, high = max(values.min(), SLOPE_LIMITS[0]), min(values.max(), SLOPE_LIMITS[1])
    return Panel(
        name, (FORMULAS[type(loss)], second), which.moves, "l, l′",
        [Line("loss l", traced.x, traced.value), Line("derivative l′ = ∂l/∂a", traced.x, traced.derivative)],
        filled=traced.kinks, hollow=traced.hollow,
        y_limits=(low - 0.1 * (high - low), high + 0.08 * (high - low)),
    )  # fmt: skip


def _kinks(loss: Loss) -> tuple[float, ...]:
    return (loss.delta, 0.0) if isinstance(loss, Huber) else (0.0, 1.0)


def _probe(loss: Loss, case: Case) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Value l and ∂l/∂a_k where output k takes the values that are asked for, an example each."""

    def both(moving: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        a = np.tile(np.array(case.others), (len(moving), 1))
        a[:, case.k] = moving
        target = np.asarray(case.target)
        y = np.tile(target, (len(moving), 1)) if target.ndim else np.full(len(moving), target)
        value, slope = loss.both(a, y)
        return value, slope[:, case.k]

    return both

"""Optimizers: the same gradients in, θ after every step out."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from gradatim import catalog
from gradatim.catalog.docstring import parts_of
from gradatim.catalog.source_code import source_of
from gradatim.checking.case import Arrays, Case, Definition, Slip
from gradatim.checks import UsageError
from gradatim.random import generator

Run = Callable[[np.ndarray, np.ndarray, dict[str, float]], Arrays]
STEPS = 6
NOT_BY_NUMBER = ("muon", "lbfgs")
RATES = {"lr": 0.1}


def optimizer(name: str) -> Definition:
    """An optimizer of the catalogue, at its own settings but for a learning rate of 0.1."""
    from gradatim.optim.numpy_updates import METHODS

    row = catalog.find(name, "optimizer")
    if name in NOT_BY_NUMBER:
        raise UsageError(
            f"{name} reads a matrix, or asks for the loss; this check compares updates by number"
        )
    settings = {**METHODS[name].settings, **RATES}
    if name == "adamw":
        settings["weight_decay"] = 0.01
    cases = [
        _case(name, settings, shape, seed, kind)
        for seed, (shape, kind) in enumerate(
            (
                ((1,), ""),
                ((3,), ""),
                ((2, 3), ""),
                ((3,), "; the first gradients 0"),
                ((2,), "; gradients of 10⁴"),
            )
        )
    ]
    equations = parts_of(source_of(row.home).doc).equation
    return Definition(name, "optimizer", cases, equations, lambda: _slips(name, cases))  # fmt: skip


def _case(name: str, settings: dict[str, float], shape: tuple[int, ...], seed: int, kind: str) -> Case:
    rng = generator(seed, "check optimizer")
    w, gradients = rng.standard_normal(shape), rng.standard_normal((STEPS, *shape))
    if "first" in kind:
        gradients[:2] = 0
    elif kind:
        gradients *= 1e4
    label = f"θ of shape {shape}, {STEPS} steps, seed {seed}{kind}"
    return Case(label, {"w": w, "gradients": gradients}, _run(name)(w, gradients, settings), settings)


def _run(name: str) -> Run:
    """θ after each step, by the text of the update."""
    from gradatim.optim.numpy_updates import METHODS, NUMBERS

    method = METHODS[name]

    def run(w: np.ndarray, gradients: np.ndarray, settings: dict[str, float]) -> Arrays:
        theta = w.copy()
        state = [np.zeros(() if one in NUMBERS else w.shape) for one in method.state]
        own: dict[str, Any] = {
            **method.settings,
            **{k: v for k, v in settings.items() if k in method.settings},
        }
        found = {}
        for t, g in enumerate(gradients, 1):
            method.text(theta, g.copy(), t, *state, **own)
            found[f"step {t}"] = theta.copy()
        return found

    return run


def _slips(name: str, cases: list[Case]) -> Iterable[Slip]:
    for said, run in _own_slips(name):
        with np.errstate(all="ignore"):
            yield said, [run(case.arrays["w"], case.arrays["gradients"], case.settings) for case in cases]
    for row in catalog.entries("optimizer"):
        if row.name not in (name, *NOT_BY_NUMBER):
            missing = " (Adam without bias correction: divide m by 1 − β₁ᵗ and v by 1 − β₂ᵗ)"
            more = missing if row.name == "adam_uncorrected" and name in ("adam", "adamw") else ""
            run = _run(row.name)
            with np.errstate(all="ignore"):
                yield (
                    f"your numbers are those of {row.name}{more}",
                    [run(case.arrays["w"], case.arrays["gradients"], case.settings) for case in cases],
                )


def _own_slips(name: str) -> Iterable[tuple[str, Run]]:
    """Slips that no optimizer of the catalogue is."""
    run = _run(name)
    yield "yours climbs: θ moves against −g, and must move by −η times it", (
        lambda w, g, s: run(w, -g, s)
    )  # fmt: skip
    if name == "momentum":
        yield (
            "your velocity takes (1 − ρ) g; the definition adds the whole of g: v ← ρv + g",
            (lambda w, g, s: run(w, g * (1 - s["momentum"]), s)),
        )
    if name in ("adagrad", "rmsprop", "adam"):
        yield "your ε stands inside the root; the definition's outside: √v + ε", _inside(name)
    if name == "adam":
        yield "your t counts from 0 where it must count from 1, or one too far", _late
        yield "you correct m only; v must be divided by 1 − β₂ᵗ too", _half_corrected


def _inside(name: str) -> Run:
    def run(w: np.ndarray, gradients: np.ndarray, s: dict[str, float]) -> Arrays:
        theta, m, v, found = w.copy(), np.zeros_like(w), np.zeros_like(w), {}
        for t, g in enumerate(gradients, 1):
            if name == "adam":
                m = s["beta1"] * m + (1 - s["beta1"]) * g
                v = s["beta2"] * v + (1 - s["beta2"]) * g * g
                top, root = m / (1 - s["beta1"] ** t), v / (1 - s["beta2"] ** t)
            else:
                alpha = s.get("alpha")
                v = v + g * g if alpha is None else alpha * v + (1 - alpha) * g * g
                top, root = g, v
            theta = theta - s["lr"] * top / np.sqrt(root + s["eps"])
            found[f"step {t}"] = theta.copy()
        return found

    return run


def _late(w: np.ndarray, gradients: np.ndarray, s: dict[str, float]) -> Arrays:
    return _adam(w, gradients, s, lambda t: (1 - s["beta1"] ** (t + 1), 1 - s["beta2"] ** (t + 1)))


def _half_corrected(w: np.ndarray, gradients: np.ndarray, s: dict[str, float]) -> Arrays:
    return _adam(w, gradients, s, lambda t: (1 - s["beta1"] ** t, 1.0))


def _adam(
    w: np.ndarray,
    gradients: np.ndarray,
    s: dict[str, float],
    corrections: Callable[[int], tuple[float, float]],
) -> Arrays:
    theta, m, v, found = w.copy(), np.zeros_like(w), np.zeros_like(w), {}
    for t, g in enumerate(gradients, 1):
        m = s["beta1"] * m + (1 - s["beta1"]) * g
        v = s["beta2"] * v + (1 - s["beta2"]) * g * g
        first, second = corrections(t)
        theta = theta - s["lr"] * (m / first) / (np.sqrt(v / second) + s["eps"])
        found[f"step {t}"] = theta.copy()
    return found

"""Dropout: how it scales what it keeps, how much it drops, what evaluation gives; the mask is hers."""

from collections.abc import Iterable

import numpy as np

from gradatim import catalog
from gradatim.catalog.docstring import parts_of
from gradatim.catalog.source_code import source_of
from gradatim.checking.case import Case, Definition, Slip
from gradatim.random import generator

RATES = (0.5, 0.2, 0.75)
SHAPE = (40, 60)


def dropout(name: str) -> Definition:
    """Inverted dropout.

    Her mask is drawn by her, so that what is compared is x/(1 − p) at all places: `call_dropout` fills in
    what she dropped.
    """
    cases = [_case(p, seed) for seed, p in enumerate(RATES)]
    equation = parts_of(source_of(catalog.find(name, "layer").home).doc).equation
    return Definition(
        name, "dropout", cases, f"{equation}\n∂L/∂x = g ⊙ m/(1 − p), of the same m", lambda: _slips(cases)
    )


def _case(p: float, seed: int) -> Case:
    rng = generator(seed, "check dropout")
    x, g = rng.choice([-1, 1], SHAPE) * (rng.random(SHAPE) + 0.5), rng.standard_normal(SHAPE)
    expected = {
        "output": x / (1 - p), "share dropped": np.array(p), "second mask is new": np.array(1.0),
        "evaluation": x, "grad x": g / (1 - p),
    }  # fmt: skip
    label = f"p = {p:g}; x of shape {SHAPE}, seed {seed}"
    return Case(label, {"x": x, "g": g}, expected, {"p": p, "keep_prob": 1 - p})


def _slips(cases: list[Case]) -> Iterable[Slip]:
    pairs = [(case.arrays["x"], case.settings["p"]) for case in cases]
    yield (
        "yours does not divide by 1 − p while training; evaluation has no factor here",
        [{"output": x} for x, _ in pairs],
    )
    yield "yours takes p for the probability of keeping; it is that of dropping", [
        {"output": x / p} for x, p in pairs]  # fmt: skip
    yield "yours multiplies in evaluation; where training divides by 1 − p, evaluation is y = x", [
        {"output": x / (1 - p), "evaluation": x * (1 - p)} for x, p in pairs]  # fmt: skip
    yield "yours multiplies by 1 − p; it must divide", [{"output": x * (1 - p)} for x, p in pairs]

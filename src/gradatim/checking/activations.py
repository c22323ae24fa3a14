"""Activations: x in, numbers of the same shape out; edges are the kink, tiny numbers and huge ones."""

from collections.abc import Iterable

import numpy as np

from gradatim import catalog
from gradatim.catalog.docstring import parts_of
from gradatim.catalog.source_code import source_of
from gradatim.checking.case import Arrays, Case, Definition, Slip
from gradatim.random import generator

SHAPES = ((5,), (2, 3), (3, 4))
EDGE = (0.0, 1e-12, -1e-12, 30.0, -30.0, 800.0, -800.0)
OTHER = ("maxout",)  # another shape comes out
OVER_ALL = ("softmax", "log_softmax")  # of a row, not of a number


def activation(name: str) -> Definition:
    """An activation of the catalogue, at its own settings."""
    row = catalog.find(name, "activation")
    cases = []
    for seed, shape in enumerate(SHAPES):
        x = 2 * generator(seed, "check activation").standard_normal(shape)
        g = generator(seed, "check activation g").standard_normal(shape)
        cases.append(Case(f"x of shape {shape}, seed {seed}", {"x": x, "g": g}, _expected(row, x, g)))
    edge = np.array(EDGE)
    said = f"the edges x = {', '.join(f'{value:g}' for value in EDGE)}"
    cases.append(Case(said, {"x": edge}, _expected(row, edge, None)))
    equations = parts_of(source_of(row.home).doc).equation
    return Definition(name, "activation", cases, equations, lambda: _slips(name, cases))


def _expected(row: catalog.Entry, x: np.ndarray, g: np.ndarray | None) -> Arrays:
    import torch

    z = torch.tensor(x, requires_grad=g is not None)
    out = row.load()(z)
    found = {"output": out.detach().numpy()}
    if g is not None:
        (grad,) = (
            torch.autograd.grad(out, z, torch.tensor(g), allow_unused=True) if out.requires_grad else (None,)
        )
        found["grad x"] = np.zeros_like(x) if grad is None else grad.numpy()
    return found


def _slips(name: str, cases: list[Case]) -> Iterable[Slip]:
    own = catalog.find(name, "activation")
    if name in OVER_ALL:
        yield "yours runs over all numbers at once; the definition over each row (the last axis) alone", [
            {"output": _expected(own, case.arrays["x"].reshape(1, -1), None)["output"].reshape(
                case.arrays["x"].shape)} for case in cases
        ]  # fmt: skip
        yield (
            "yours runs over the first axis; the definition over the last",
            [{"output": _expected(own, case.arrays["x"].T, None)["output"].T} for case in cases],
        )
    yield (
        "your numbers are those of −x: a sign is turned around",
        [{"output": _expected(own, -case.arrays["x"], None)["output"]} for case in cases],
    )
    for row in catalog.entries("activation"):
        if row.name not in (name, *OTHER):
            yield (
                f"your numbers are those of {row.name}",
                [{"output": _expected(row, case.arrays["x"], None)["output"]} for case in cases],
            )

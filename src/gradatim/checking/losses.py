"""Losses: outputs a and targets y in, the mean over the batch out (or a number for each example)."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from gradatim import catalog
from gradatim.catalog.docstring import parts_of
from gradatim.catalog.source_code import source_of
from gradatim.checking.case import Arrays, Case, Definition, Slip
from gradatim.random import generator

CLASSES = ("cross_entropy", "hinge", "squared_hinge", "focal", "nll")  # y (N,) class numbers
OF_MASKS = ("dice", "cross_entropy_dice", "boundary_cross_entropy")  # y (N, H, W) class numbers
PLACES = (5, 6)
SIZES = ((4, 3), (1, 2), (5, 4))  # examples, outputs
PAIRS = ("gaussian_nll", "laplace_nll")  # two outputs a number


def loss(name: str) -> Definition:
    """A loss of the catalogue, at its own settings."""
    row = catalog.find(name, "loss")
    cases = [_case(row, n, k, seed) for seed, (n, k) in enumerate(SIZES)]
    if name in (*CLASSES, "binary_cross_entropy", "multilabel") and name != "nll":
        cases.append(_case(row, 4, 3, 9, 400.0))
    equations = parts_of(source_of(row.home).doc).equation
    return Definition(name, "loss", cases, equations, lambda: _slips(name, cases))


def _case(row: catalog.Entry, n: int, k: int, seed: int, scale: float = 1.5) -> Case:
    rng = generator(seed, f"check loss {scale}")
    a: np.ndarray = scale * rng.standard_normal((n, k))
    y: np.ndarray = rng.standard_normal((n, k))
    if row.name in CLASSES:
        y = rng.integers(0, k, n)
        a = a - np.log(np.exp(a).sum(1, keepdims=True)) if row.name == "nll" else a
    elif row.name in OF_MASKS:
        a, y = scale * rng.standard_normal((n, k, *PLACES)), rng.integers(0, k, (n, *PLACES))
    elif row.name == "center_points":
        a, y = scale * rng.standard_normal((n, k + 4, *PLACES)), _objects(rng, n, 3, k)
    elif row.name == "class_and_box":
        a, y = scale * rng.standard_normal((n, k + 4)), _objects(rng, n, 1, k)
    elif row.name == "binary_cross_entropy":
        a, y, k = a[:, 0], rng.integers(0, 2, n).astype(float), 1
    elif row.name == "multilabel":
        y = rng.integers(0, 2, (n, k)).astype(float)
    elif row.name == "kl_divergence":
        y = rng.dirichlet(np.ones(k), n)
    elif row.name == "poisson_nll":
        y = rng.integers(0, 5, (n, k)).astype(float)
    elif row.name == "mixture_nll":
        a = rng.standard_normal((n, 3 * (k + 2)))  # of three Gaussians share, width and k middles
    elif row.name in PAIRS:
        a = rng.standard_normal((n, 2 * k))
    label = f"{n} example{'s' * (n > 1)}, a of shape {a.shape}, seed {seed}"
    label += "; outputs of several hundred" if scale > 100 else ""
    arrays = {"a": a, "y": y}
    return Case(label, arrays, _expected(row, a, y), facts={"N": n, "D": k})


def _objects(rng: np.random.Generator, n: int, m: int, k: int) -> np.ndarray:
    """Boxes (n, m, 5) as shares of a picture's sides, each of a class of k; of several the last is none."""
    middle, half = rng.uniform(0.1, 0.9, (n, m, 2)), rng.uniform(0.05, 0.3, (n, m, 2))
    edges = np.concatenate([middle - half, middle + half], 2).clip(0, 1)
    kinds = rng.integers(0, k, (n, m, 1)).astype(float)
    if m > 1:
        kinds[:, -1] = -1
    return np.concatenate([edges, kinds], 2)


def _expected(row: catalog.Entry, a: np.ndarray, y: np.ndarray) -> Arrays:
    import torch

    z = torch.tensor(a, requires_grad=True)
    value = row.load()().mean(z, torch.tensor(y))
    (grad,) = torch.autograd.grad(value, z)
    return {"loss": value.detach().numpy(), "grad a": grad.numpy()}


def _slips(name: str, cases: list[Case]) -> Iterable[Slip]:
    for factor, said in (
        (lambda f: f["N"], "yours is the sum over the batch; the definition is the mean over its examples"),
        (lambda f: 1 / f["D"], "yours is the mean over all numbers; the definition sums over the numbers of "
                               "an example and takes the mean over examples"),
        (lambda f: f["N"] / f["D"], "yours sums over the batch and takes the mean over an example's numbers; "
                                    "the definition the other way around"),
        (lambda f: 1 / f["N"], "yours is divided by the number of examples twice"),
        (lambda _: 0.5, "yours is half the definition"), (lambda _: 2.0, "yours is twice the definition"),
        (lambda _: -1.0, "yours has the other sign"),
        (lambda _: 1 / np.log(2), "yours takes logarithms to the base 2; the definition natural ones"),
    ):  # fmt: skip
        yield said, [{key: factor(c.facts) * value for key, value in c.expected.items()} for c in cases]
    if name in ("cross_entropy", "binary_cross_entropy", "multilabel"):
        yield from _of_probabilities(name, cases)
    for row in catalog.entries("loss"):
        if row.name != name:
            others = [_tried(row, case) for case in cases]
            if all(others):
                yield f"your numbers are those of {row.name}", others  # type: ignore[misc]


def _of_probabilities(name: str, cases: list[Case]) -> Iterable[Slip]:
    """The outputs are scores, and were taken for probabilities, or put through softmax or sigmoid twice."""
    row = catalog.find(name, "loss")
    with np.errstate(all="ignore"):
        twice = []
        for case in cases:
            a = case.arrays["a"]
            e = np.exp(a - a.max(-1, keepdims=True)) if name == "cross_entropy" else None
            p = 1 / (1 + np.exp(-a)) if e is None else e / e.sum(-1, keepdims=True)
            twice.append({"loss": _expected(row, p, case.arrays["y"])["loss"]})
    yield (
        "yours squashes the outputs twice: they are scores, which the loss itself turns into probabilities",
        twice,
    )
    clipped = [{"loss": np.asarray(_clipped(name, case, floor))} for floor in (1e-12,) for case in cases]
    yield "yours cuts probabilities off before the logarithm; log-sum-exp needs no cut", clipped


def _clipped(name: str, case: Case, floor: float) -> float:
    a, y = case.arrays["a"], case.arrays["y"]
    with np.errstate(all="ignore"):
        if name == "cross_entropy":
            e = np.exp(a - a.max(1, keepdims=True))
            p = (e / e.sum(1, keepdims=True))[np.arange(len(a)), y]
            return float(-np.log(np.clip(p, floor, 1)).mean())
        p = np.clip(1 / (1 + np.exp(-a)), floor, 1 - floor)
        per = -(y * np.log(p) + (1 - y) * np.log(1 - p))
        return float(per.reshape(len(a), -1).sum(1).mean())


def _tried(row: catalog.Entry, case: Case) -> dict[str, Any] | None:
    """What another loss makes of these outputs and targets, where it takes them."""
    try:
        return {"loss": _expected(row, case.arrays["a"], case.arrays["y"])["loss"]}
    except Exception:  # its targets are of another kind
        return None

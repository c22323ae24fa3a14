"""Layers: a layer made by its settings, its parameters put in by name, x in, numbers out."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from gradatim import catalog
from gradatim.catalog.docstring import parts_of
from gradatim.catalog.source_code import source_of
from gradatim.checking.case import Arrays, Case, Definition, Slip
from gradatim.random import generator

Settings = dict[str, Any]
POOLED: tuple[tuple[Settings, tuple[int, ...]], ...] = (
    ({"kernel_size": 2}, (1, 1, 4, 4)), ({"kernel_size": 2}, (2, 3, 6, 4)),
    ({"kernel_size": 2, "stride": 2}, (2, 1, 5, 7)), ({"kernel_size": 3, "stride": 1}, (1, 2, 5, 4)),
)  # fmt: skip
ROWS: tuple[tuple[Settings, tuple[int, ...]], ...] = (
    ({"normalized_shape": 4}, (3, 4)), ({"normalized_shape": 6}, (2, 6))
)  # fmt: skip
STRIDED = {"in_channels": 2, "out_channels": 3, "kernel_size": 3, "stride": 2, "padding": 1}
CASES: dict[str, tuple[tuple[Settings, tuple[int, ...]], ...]] = {  # settings, and the shape of x
    "dense": (({"in_features": 3, "out_features": 2}, (4, 3)),
              ({"in_features": 1, "out_features": 4}, (1, 1)),
              ({"in_features": 5, "out_features": 3}, (2, 5))),
    "conv1d": (({"in_channels": 1, "out_channels": 1, "kernel_size": 3}, (1, 1, 6)), (STRIDED, (2, 2, 7))),
    "conv2d": (({"in_channels": 1, "out_channels": 1, "kernel_size": 3}, (1, 1, 5, 6)),
               ({"in_channels": 2, "out_channels": 3, "kernel_size": 2}, (2, 2, 4, 5)),
               (STRIDED, (2, 2, 6, 5))),
    "conv3d": (({"in_channels": 1, "out_channels": 1, "kernel_size": 2}, (1, 1, 3, 4, 3)),
               ({"in_channels": 2, "out_channels": 2, "kernel_size": 2, "stride": 2, "padding": 1},
                (2, 2, 3, 4, 5))),
    "max_pool2d": POOLED, "avg_pool2d": POOLED,
    "batch_norm": (({"num_features": 3}, (4, 3)), ({"num_features": 2}, (6, 2))),
    "layer_norm": ROWS, "rms_norm": ROWS,
}  # fmt: skip


def layer(name: str) -> Definition:
    """A layer of the catalogue."""
    row = catalog.find(name, "layer")
    cases = [_case(row, settings, shape, seed) for seed, (settings, shape) in enumerate(CASES[name])]
    if name == "dense":
        settings, shape = CASES[name][0]
        cases.append(_case(row, settings, shape, 9, 0.0))
    return Definition(
        name, "layer", cases, parts_of(source_of(row.home).doc).equation, lambda: _slips(name, cases)
    )


def _module(row: catalog.Entry, settings: Settings, parameters: Arrays | None) -> Any:
    import torch

    module = row.load()(**settings).double()
    if parameters is not None:
        with torch.no_grad():
            for name, value in module.named_parameters():
                value.copy_(torch.tensor(parameters[f"p {name}"]).reshape(value.shape))
    return module


def _case(
    row: catalog.Entry, settings: Settings, shape: tuple[int, ...], seed: int, scale: float = 1.0
) -> Case:
    rng = generator(seed, f"check {row.name}")
    x = scale * rng.standard_normal(shape)
    if row.name == "max_pool2d":
        x = rng.permutation(x.size).reshape(shape) / 8.0 - x.size / 16  # no ties: one largest a window
    names = {name: tuple(value.shape) for name, value in _module(row, settings, None).named_parameters()}
    parameters = {f"p {name}": rng.standard_normal(size) for name, size in names.items()}
    output = _run(row, settings, parameters, x, None)["output"]
    g = rng.standard_normal(output.shape)
    said = ", ".join(f"{key} = {value}" for key, value in settings.items())
    label = f"{said}; x of shape {shape}, seed {seed}" + ("; x = 0" if not scale else "")
    arrays = {"x": x, "g": g, **parameters}
    return Case(label, arrays, _run(row, settings, parameters, x, g), settings, {"N": shape[0]})


def _run(row: catalog.Entry, settings: Settings, parameters: Arrays, x: np.ndarray, g: Any) -> Arrays:
    import torch

    module = _module(row, settings, parameters)
    z = torch.tensor(x, requires_grad=True)
    out = module(z)
    found = {"output": out.detach().numpy()}
    if g is None:
        return found
    named = dict(module.named_parameters())
    grads = torch.autograd.grad(out, [z, *named.values()], torch.tensor(g))
    return found | {f"grad {name}": value.numpy() for name, value in zip(("x", *named), grads, strict=True)}


def _slips(name: str, cases: list[Case]) -> Iterable[Slip]:
    row = catalog.find(name, "layer")

    def again(change: Any) -> list[Arrays]:
        return [_changed(row, case, change) for case in cases]

    if any("p bias" in case.arrays for case in cases):
        yield "yours leaves the bias out", again(lambda a: a | {"p bias": 0 * a["p bias"]})
        yield "yours takes the bias away; it must be added", again(lambda a: a | {"p bias": -a["p bias"]})
    if name.startswith("conv"):
        axes = tuple(range(-int(name[-2]), 0))
        yield (
            "yours turns the kernel around, which is true convolution; the layer is a cross-correlation",
            again(lambda a: a | {"p weight": np.flip(a["p weight"], axes).copy()}),
        )
    if name.endswith("pool2d"):
        other = {"max_pool2d": "avg_pool2d", "avg_pool2d": "max_pool2d"}[name]
        twin = catalog.find(other, "layer")
        yield f"your numbers are those of {other}", [_changed(twin, case, lambda a: a) for case in cases]
    if name in ("batch_norm", "layer_norm"):
        axis = 0 if name == "batch_norm" else 1
        yield (
            "yours divides by the unbiased deviation, n − 1; the definition by n",
            [{"output": _normalised(case, axis, 1)} for case in cases],
        )
        yield "yours normalises over the other axis", [
            {"output": _normalised(case, 1 - axis, 0)} for case in cases]  # fmt: skip


def _changed(row: catalog.Entry, case: Case, change: Any) -> Arrays:
    arrays = change(dict(case.arrays))
    parameters = {key: value for key, value in arrays.items() if key.startswith("p ")}
    return {"output": _run(row, case.settings, parameters, arrays["x"], None)["output"]}


def _normalised(case: Case, axis: int, less: int) -> np.ndarray:
    x = case.arrays["x"]
    mean, variance = x.mean(axis, keepdims=True), x.var(axis, keepdims=True, ddof=less)
    found: np.ndarray = (x - mean) / np.sqrt(variance + 1e-5) * case.arrays["p weight"] + case.arrays[
        "p bias"
    ]
    return found

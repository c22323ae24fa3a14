"""Exercises in convolution and pooling."""

from typing import Any

import numpy as np

from gradatim.exercises.kind import Asked, Kind, Numbers, cells, decimals_of, entries
from gradatim.exercises.nice_numbers import multiples, one, whole_grid
from gradatim.explain.traces.convolving import unreached_columns
from gradatim.explain.traces.record import Table, Trace


def _named_by(asked: Table, column: str, letter: str, symbol: str) -> list[Asked]:
    """A column of numbers, counted from 1."""
    values: list[Any] = asked.column(column)
    return [
        Asked(f"{letter}{n}", f"{symbol}[{n}]", float(value), decimals_of(value))
        for n, value in enumerate(values, 1)
    ]


def _signal(rng: np.random.Generator) -> Numbers:
    return {
        "x": multiples(rng, 6, 1, 4, zero=True), "kernels": [multiples(rng, 3, 1, 2)],
        "stride": one(rng, 1, 2), "padding": one(rng, 0, 1),
    }  # fmt: skip


def _signal_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    (outputs,) = (table for table in trace.tables() if table.caption.endswith("filter 1") and table.columns)
    return [
        *_named_by(outputs, "y", "y", "y"), *_named_by(trace.table("∂L/∂w"), "∂L/∂w", "dw", "∂L/∂w"),
        *_named_by(trace.table("∂L/∂x"), "∂L/∂x", "dx", "∂L/∂x"),
    ]  # fmt: skip


def _picture(rng: np.random.Generator) -> Numbers:
    """A kernel that is another one when it is turned around."""
    kernel = whole_grid(rng, 2, 2, -2, 2)
    while kernel == np.flip(kernel).tolist():
        kernel = whole_grid(rng, 2, 2, -2, 2)
    return {"x": whole_grid(rng, 3, 3, 0, 5), "kernel": kernel, "stride": 1, "padding": 0}


def _picture_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    return [
        *entries(trace.table("cross-correlation"), "y"),
        *entries(trace.table("true convolution"), "t", "true convolution"),
    ]


def _filters(rng: np.random.Generator) -> Numbers:
    return {
        "x": whole_grid(rng, 5, 5, 0, 1), "filter1": whole_grid(rng, 2, 2, -1, 1),
        "filter2": whole_grid(rng, 2, 2, -1, 1),
    }  # fmt: skip


def _filters_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    return [
        *entries(trace.table("map 1, pooled"), "p", "p_1"), *entries(trace.table("map 2, pooled"), "q", "p_2")
    ]  # fmt: skip


def _strided(rng: np.random.Generator) -> Numbers:
    return {
        "x": whole_grid(rng, 5, 5, 0, 9), "kernel": whole_grid(rng, 3, 3, -1, 1), "strides": [2], "padding": 0
    }  # fmt: skip


def _volume(rng: np.random.Generator) -> Numbers:
    return {
        "size": one(rng, 8, 16, 28, 32), "depth": one(rng, 1, 3, 4), "filters": one(rng, 4, 6, 8, 16),
        "kernel": one(rng, 3, 5), "stride": one(rng, 1, 2), "padding": one(rng, 0, 1, 2),
    }  # fmt: skip


def _volume_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    table = trace.table("Sizes and parameters")
    row: dict[str, Any] = dict(zip(table.columns, table.rows[0], strict=True))
    asked = [Asked("M", "M, places along a side", float(row["output"].partition("×")[0]), 0)]
    said = {"weights": "weights of the convolution", "parameters": "with biases, parameters",
            "dense": "weights of a dense layer instead"}  # fmt: skip
    return asked + [Asked(name, symbol, float(row[name]), 0) for name, symbol in said.items()]


def _size(rng: np.random.Generator) -> Numbers:
    size = one(rng, 2, 3, 5, 7)
    return {
        "n": int(rng.integers(12, 65)), "size": size, "stride": one(rng, 1, 2, 3, 4),
        "padding": one(rng, 0, size // 2),
    }  # fmt: skip


def _size_asked(trace: Trace, numbers: Numbers) -> list[Asked]:
    n, f, s, p = (numbers[name] for name in ("n", "size", "stride", "padding"))
    left = [column for column in unreached_columns(n, f, s, p) if column <= n]
    return [
        *cells(trace.table("Places"), "places", (n,), ("places",), ("places",), 0),
        Asked("dropped", "columns of the picture that no window sees", float(len(left)), 0),
    ]


def _pooling(rng: np.random.Generator) -> Numbers:
    return {"x": whole_grid(rng, 4, 4, -4, 6), "size": 2, "stride": 2}


def _pooling_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    return [
        *entries(trace.table("y, largest"), "m", "largest"), *entries(trace.table("y, mean"), "a", "mean")
    ]  # fmt: skip


def _matrix(rng: np.random.Generator) -> Numbers:
    return {"x": whole_grid(rng, 3, 3, 0, 4), "kernel": whole_grid(rng, 2, 2, -2, 2)}


def _matrix_asked(trace: Trace, _numbers: Numbers) -> list[Asked]:
    gradient = trace.table("The gradient")
    letters: list[Any] = gradient.column("weight")
    values: list[Any] = gradient.column("convolution's ∂L/∂w")
    gradients = [
        Asked(f"d{k}", f"∂L/∂{k}", float(value), decimals_of(value))
        for k, value in zip(letters, values, strict=True)
    ]
    return [
        *entries(trace.table("y of the convolution"), "y"),
        Asked("zeros", "numbers of M that are 0", float(_zeros(trace)), 0), *gradients,
    ]  # fmt: skip


def _zeros(trace: Trace) -> int:
    (M,) = (table for table in trace.tables() if table.caption.startswith("M, "))
    return sum(cell == "·" for row in M.rows for cell in row)


KINDS = (
    Kind("conv-1d",
         "Run the signal x through the filter (one row of kernels) with this stride S and padding P; then "
         "differentiate L = ½ Σ y², so that g = y.",
         _signal, _signal_asked),
    Kind("conv-2d", "Give the cross-correlation of the picture with the kernel h, and the true convolution.",
         _picture, _picture_asked, "conv"),
    Kind("conv-filters",
         "Run the picture through both filters at stride 1, and pool each map by the largest of 2×2; what "
         "is left over on the far side is dropped.",
         _filters, _filters_asked, "filters"),
    Kind("conv-stride", "Give the map of the picture and the kernel at stride 2, without padding.",
         _strided, lambda trace, _: entries(trace.table("y at stride 2"), "y"), "stride"),
    Kind("conv-volume",
         "A convolution reads a picture of size × size pixels with depth channels. How many places M has a "
         "side of its output, how many weights has it, how many parameters, and how many weights had a dense "
         "layer between the same volumes?",
         _volume, _volume_asked, "volume"),
    Kind("conv-size",
         "A window of size F goes over n columns with a stride S and a padding P on both sides. At how "
         "many places does it stand, and how many columns of the picture does it never see?",
         _size, _size_asked, "size"),
    Kind("pooling", "Pool the map: the largest of each window, and the mean.", _pooling, _pooling_asked),
    Kind("conv-matrix",
         "Write the convolution, without padding at stride 1, as y = M x. Name the kernel's weights a, b, c, "
         "d, row by row. Give y, how many numbers of M are 0, and the gradient of L = ½ Σ y² by each weight.",
         _matrix, _matrix_asked, "matrix"),
)  # fmt: skip

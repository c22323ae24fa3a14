"""The online steps of a self-organising map as compiled C, with the bits of `map_steps.online_steps`."""

import ctypes
from functools import cache
from typing import Any

import numpy as np

from gradatim.kernels.compile import NoCompiler, compile_library
from gradatim.kernels.elementwise import EXACT
from gradatim.unsupervised import map_steps

SOURCE = """
#include <math.h>
double run(REAL *restrict w, const REAL *restrict x, const REAL *restrict g, const int *restrict group,
           REAL *restrict squared, long examples, long features, long units, long groups) {
    double error = 0;
    for (long n = 0; n < examples; n++, x += features, g += groups) {
        for (long u = 0; u < units; u++) squared[u] = 0;
        for (long d = 0; d < features; d++) {
            const REAL *restrict of_d = w + d * units;
            for (long u = 0; u < units; u++) {
                REAL difference = x[d] - of_d[u];
                squared[u] += difference * difference;
            }
        }
        long best = 0;
        for (long u = 1; u < units; u++) if (squared[u] < squared[best]) best = u;
        error += sqrt((double)squared[best]);
        const int *restrict near = group + best * units;
        for (long u = 0; u < units; u++) squared[u] = g[near[u]];
        for (long d = 0; d < features; d++) {
            REAL *restrict of_d = w + d * units;
            for (long u = 0; u < units; u++) of_d[u] += squared[u] * (x[d] - of_d[u]);
        }
    }
    return error;
}
"""
REALS = {"float32": "float", "float64": "double"}


@cache
def _compiled(dtype: str) -> Any:
    run = compile_library(SOURCE.replace("REAL", REALS[dtype]), EXACT).run
    run.argtypes = [ctypes.c_void_p] * 5 + [ctypes.c_long] * 4
    run.restype = ctypes.c_double
    return run


@cache
def online_path(dtype: str) -> tuple[bool, str]:
    """Whether the compiled steps run for a precision, and why."""
    try:
        _compiled(dtype)
    except NoCompiler as error:
        return False, f"NumPy: {error}"
    return True, "compiled C"


def online_steps(W: np.ndarray, X: np.ndarray, g: np.ndarray, group: np.ndarray) -> float:
    """`map_steps.online_steps` by the compiled path where there is a compiler, otherwise by NumPy's."""
    if not online_path(W.dtype.name)[0]:
        return map_steps.online_steps(W, X, g, group)
    arrays = [np.ascontiguousarray(X), np.ascontiguousarray(g), np.ascontiguousarray(group, np.int32)]
    arrays.append(np.empty(W.shape[1], W.dtype))
    if not W.flags.c_contiguous or any(one.dtype != W.dtype for one in (arrays[0], arrays[1])):
        raise ValueError("W, X and g must be of one precision, and W in one piece")
    places = [W.ctypes.data, *(one.ctypes.data for one in arrays)]
    return _compiled(W.dtype.name)(*places, len(X), *W.shape, g.shape[1])

"""The elementary functions and the matrix product that kernels call."""

import ctypes

import numpy as np
import pytest
import torch

from gradatim.kernels.compile import compile_library
from gradatim.nn.kernels.blas import gemm
from gradatim.nn.kernels.headers import with_headers

FUNCTIONS = {
    "EXP": np.exp, "EXPM1": np.expm1, "TANH": np.tanh, "SIGMOID": lambda x: 1 / (1 + np.exp(-x)),
    "SOFTPLUS": lambda x: np.logaddexp(0, x), "SIGN": np.sign, "ABS": np.abs,
}  # fmt: skip


@pytest.mark.parametrize("double", [False, True], ids=["float32", "float64"])
def test_the_elementary_functions_are_right(double):
    """Against NumPy in extended precision: to 4 units in the last place; 0, ∞ and NaN exact."""
    loop = "(long n, const real *x, real *y) {{ for (long i = 0; i < n; i++) y[i] = {0}(x[i]); }}\n"
    names = "".join(f"void f_{name}{loop.format(name)}" for name in FUNCTIONS)
    headers = ["double.h"] if double else []
    library = compile_library(with_headers(names, *headers, "mathematics.h"), threads=True)
    dtype = np.float64 if double else np.float32
    eps = np.finfo(dtype).eps
    x = np.concatenate(
        [np.linspace(-30, 30, 20001), np.geomspace(1e-30, 1, 500), -np.geomspace(1e-30, 1, 500), [0]]
    )
    x = x.astype(dtype)
    extremes = np.array([np.inf, -np.inf, np.nan, 1e4, -1e4], dtype)
    for name, wanted in FUNCTIONS.items():
        for given, tolerance in ((x, 4 * eps), (extremes, 1e-37)):
            y = np.empty_like(given)
            pointers = (ctypes.c_void_p(a.ctypes.data) for a in (given, y))
            getattr(library, f"f_{name}")(ctypes.c_long(len(given)), *pointers)
            with np.errstate(over="ignore", invalid="ignore"):
                right = wanted(given.astype(np.longdouble)).astype(np.float64)
            with np.errstate(over="ignore"):
                right = right.astype(dtype)
            np.testing.assert_allclose(y, right, rtol=tolerance, atol=1e-37, err_msg=name)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_matrix_product_is_found(dtype):
    found = gemm(dtype)
    assert found.address
    assert found.source in ("torch", "SciPy")

"""The elementary functions of the kernels on a GPU; on a machine without one, interpreted."""

import numpy as np
import pytest
import torch

from gradatim.kernels.generated_module import module_of_text

from .test_mathematics import FUNCTIONS

pytest.importorskip("triton")
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
MORE = {
    "LOG": np.log, "LOG1P": np.log1p, "SQRT": np.sqrt, "SIN": np.sin, "COS": np.cos,
    "ERF": lambda x: torch.erf(torch.from_numpy(x.astype(np.float64))).numpy(),
}  # fmt: skip
EVERYTHING = FUNCTIONS | MORE
SIZE = 2**15


TEXT = """
import triton
import triton.language as tl
from gradatim.nn.kernels.triton_mathematics import *

@triton.jit
def kernel(x, y, n, SIZE: tl.constexpr):
    j = tl.arange(0, SIZE)
    value = tl.load(x + j, mask=j < n, other=1.0)
    tl.store(y + j, {0}, mask=j < n)
"""


def _computed(expression, x):
    """The expression of `value`, for every element of x."""
    y = torch.empty_like(x)
    with np.errstate(all="ignore"):  # the interpreter is NumPy
        module_of_text(TEXT.format(expression)).kernel[(1,)](x, y, len(x), SIZE)
    return y


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize("name", EVERYTHING)
def test_the_elementary_functions_are_right(name, dtype):
    """Against NumPy in extended precision: to 4 units in the last place; 0, ∞ and NaN exact."""
    eps = torch.finfo(dtype).eps
    small = np.geomspace(1e-30, 1, 500)
    x = np.concatenate([np.linspace(-30, 30, 20001), small, -small, [0]])
    extremes = np.array([np.inf, -np.inf, np.nan, 1e4, -1e4])
    for given, tolerance in ((x, 4 * eps), (extremes, 4 * eps)):
        at = torch.from_numpy(given).to(dtype).to(DEVICE)
        y = _computed(f"{name}(value)", at)
        with np.errstate(all="ignore"):
            right = EVERYTHING[name](at.cpu().numpy().astype(np.longdouble)).astype(np.float64)
            right = right.astype(at.cpu().numpy().dtype)
        absolute = 4 * eps if name in ("SIN", "COS") else 1e-37  # their zeros are no numbers of the dtype
        np.testing.assert_allclose(y.cpu().numpy(), right, rtol=tolerance, atol=absolute)


@pytest.mark.parametrize("exponent", [-2.5, -1.0, 0.3, 2.0, 3.0, 4.0])
def test_a_power_is_torchs(exponent):
    """Signs, zero and what has no real value."""

    x = torch.tensor([-2.5, -1, 0, 0.5, 1, 3, float("inf")], dtype=torch.float64, device=DEVICE)
    y = _computed(f"POW(value, tl.full((), {exponent}, tl.float64))", x)
    torch.testing.assert_close(y, x**exponent, rtol=1e-12, atol=0, equal_nan=True)


@pytest.mark.parametrize(("name", "right"), [("FLOOR", torch.floor), ("TO_EVEN", torch.round)])
def test_whole_numbers_are_torchs(name, right):
    """Halves go to the even one."""
    x = torch.cat([torch.arange(-9, 10) / 2, torch.tensor([0.49, -0.51, 1e6 + 0.5, float("nan")])]).to(DEVICE)
    torch.testing.assert_close(_computed(f"{name}(value)", x), right(x), rtol=0, atol=0, equal_nan=True)

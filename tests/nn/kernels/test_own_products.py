"""The matrix products of our own, alone, against float64; the narrow one with factors rounded beforehand."""

import ctypes

import pytest
import torch

from gradatim.kernels.compile import NoCompiler, compile_library
from gradatim.nn.kernels.headers import with_headers
from gradatim.nn.kernels.own_product import headers as headers_of
from gradatim.nn.kernels.own_product import in_strips, own_is_quicker

CALL = """
void call(long rows, long in, long columns, const float *a, const word *m, int add, float *c, long out) {
    by_blocks(rows, in, columns, a, m, add, c, out);
}
"""
narrow_only = pytest.mark.skipif(
    not own_is_quicker(narrow=True), reason="this processor has no such instruction"
)
SHAPES = [(1, 1, 16), (3, 7, 16), (8, 32, 48), (13, 33, 64), (21, 100, 112), (40, 65, 96), (9, 31, 160)]


def by_blocks(narrow, a, m, add, c):
    """In place, c (rows, columns) among wider rows."""
    try:
        library = compile_library(with_headers(CALL, *headers_of(narrow)))
    except NoCompiler as error:
        pytest.skip(str(error))
    laid = in_strips(m, narrow)
    pointers = [ctypes.c_void_p(t.data_ptr()) for t in (a, laid, c)]
    (rows, size), columns, long = a.shape, m.shape[1], ctypes.c_long
    library.call(
        long(rows), long(size), long(columns), *pointers[:2], int(add), pointers[2], long(c.stride(0))
    )


@pytest.mark.parametrize("narrow", [False, pytest.param(True, marks=narrow_only)], ids=["float", "bfloat16"])
@pytest.mark.parametrize("add", [False, True])
@pytest.mark.parametrize(("rows", "size", "columns"), SHAPES, ids=str)
def test_the_product_is_that_in_float64_to_rounding(narrow, add, rows, size, columns):
    """And nothing beside it is touched."""
    torch.manual_seed(0)
    a, m = torch.randn(rows, size), torch.randn(size, columns)
    if narrow:
        a[0, 0], a[-1, -1], m[0, 0] = 1 + 2**-8, -(1 + 3 * 2**-8), 3e30  # halfway to the even one, and large
    whole = torch.randn(rows, columns + 5)
    before, c = whole.clone(), whole[:, :columns]
    by_blocks(narrow, a, m, add, c)
    a, m = (t.bfloat16() if narrow else t for t in (a, m))
    wanted = a.double() @ m.double() + (before[:, :columns].double() if add else 0)
    size_of = a.double().abs() @ m.double().abs() + 1
    assert float(((c.double() - wanted).abs() / size_of).max()) < 1e-6
    torch.testing.assert_close(whole[:, columns:], before[:, columns:], rtol=0, atol=0)

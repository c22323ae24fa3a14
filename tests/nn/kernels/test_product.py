"""The matrix product of a pass, by MKL and by oneDNN, against float64."""

import pytest
import torch

from gradatim.nn.kernels import product as module
from gradatim.nn.kernels.product import RoundedMatrices, product

onednn = pytest.mark.skipif(
    not (torch.backends.mkldnn.is_available() and hasattr(torch.ops.mkldnn, "_linear_pointwise")),
    reason="this torch has no oneDNN product",
)


@pytest.fixture(autouse=True)
def same_numbers():
    torch.manual_seed(0)


@pytest.mark.parametrize("quicker", [pytest.param(True, marks=onednn), False], ids=["oneDNN", "torch"])
@pytest.mark.parametrize("turned", [(False, False), (True, False), (False, True)], ids=str)
@pytest.mark.parametrize("biased", [False, True])
def test_it_is_the_product_in_float64_to_rounding(quicker, turned, biased, monkeypatch):
    monkeypatch.setattr(module, "onednn_is_quicker", lambda: quicker)
    a, b = torch.randn(130, 96), torch.randn(96, 150)
    a, b = (m.t().contiguous().t() if t else m for m, t in zip((a, b), turned, strict=True))
    bias = torch.randn(150) if biased else None
    with torch.no_grad():
        found = product(a, b, bias)
    exact = a.double() @ b.double() + (bias.double() if biased else 0)
    torch.testing.assert_close(found.double(), exact, rtol=0, atol=1e-4)


@onednn
def test_autograd_goes_through_torch_s_own(monkeypatch):
    monkeypatch.setattr(module, "onednn_is_quicker", lambda: True)
    a, b = torch.randn(130, 96, requires_grad=True), torch.randn(96, 150)
    product(a, b).sum().backward()
    torch.testing.assert_close(a.grad, b.sum(1).expand(130, 96), rtol=1e-5, atol=1e-4)


@onednn
@pytest.mark.parametrize(
    ("said", "quicker"),
    [
        ("vendor_id\t: AuthenticAMD cpu family\t: 26 flags\t\t: fma avx512f", True),
        ("vendor_id\t: AuthenticAMD cpu family\t: 25 flags\t\t: fma avx512f", False),
        ("vendor_id\t: AuthenticAMD cpu family\t: 26 flags\t\t: fma avx2", False),
        ("vendor_id\t: GenuineIntel cpu family\t: 26 flags\t\t: fma avx512f", False),
        ("aarch64", False),
    ],
)
def test_the_processor_decides(said, quicker, monkeypatch):
    monkeypatch.setattr(module, "processor", lambda: said)
    assert module.onednn_is_quicker.__wrapped__() is quicker


@pytest.mark.parametrize("turned", [(False, False), (True, False), (False, True)], ids=str)
@pytest.mark.parametrize("biased", [False, True])
def test_a_narrow_product_is_that_of_rounded_factors(turned, biased):
    """Rounded once itself; a small one is not narrow."""
    a, b = torch.randn(300, 256), torch.randn(256, 300)
    a, b = (m.t().contiguous().t() if t else m for m, t in zip((a, b), turned, strict=True))
    bias, out = torch.randn(300) if biased else None, torch.empty(300, 300)
    rounding = RoundedMatrices(torch.bfloat16)
    found = product(a, b, bias, out, rounding)
    assert found is out
    exact = a.bfloat16().double() @ b.bfloat16().double() + (bias.double() if biased else 0)
    torch.testing.assert_close(found.double(), exact, rtol=2**-8, atol=0.2)  # of sums near 16
    torch.testing.assert_close(product(a[:3], b, bias, None, rounding), product(a[:3], b, bias))


def test_a_matrix_is_rounded_once_and_so_is_its_transpose():
    rounding, m = RoundedMatrices(torch.bfloat16), torch.randn(5, 7)
    first = rounding(m)
    assert first is rounding(m)
    assert rounding(m.t()).data_ptr() == first.data_ptr()
    torch.testing.assert_close(rounding(m.t()), m.t().bfloat16(), rtol=0, atol=0)
    torch.testing.assert_close(rounding(m[:, :3]), m[:, :3].bfloat16(), rtol=0, atol=0)
    torch.testing.assert_close(rounding(m[:, :3].t()), m[:, :3].t().bfloat16(), rtol=0, atol=0)
    for _ in range(3):  # memory that is used again
        one = torch.randn(64, 64)
        torch.testing.assert_close(rounding(one), one.bfloat16(), rtol=0, atol=0)
        del one

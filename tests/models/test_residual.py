"""Option A's shortcut (curriculum D16): the same as slices, and its gradient."""

import pytest
import torch
import torch.nn.functional as F

from gradatim.models.residual import Padding


@pytest.mark.parametrize("shape", [(2, 3, 6, 6), (1, 2, 5, 7)], ids=["even", "odd"])
@pytest.mark.parametrize("order", [torch.contiguous_format, torch.channels_last], ids=["first", "last"])
def test_padding_is_slices_and_zeros_forward_and_backward(shape, order):
    x = torch.randn(shape, dtype=torch.float64).contiguous(memory_format=order).requires_grad_()
    plain = F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 0, 4))
    y = Padding(shape[1], shape[1] + 4, 2)(x)
    assert torch.equal(y, plain)
    g = torch.randn_like(y)
    (ours,), (theirs,) = torch.autograd.grad(y, x, g), torch.autograd.grad(plain, x, g)
    assert torch.equal(ours, theirs)
    assert ours.is_contiguous(memory_format=torch.channels_last)


def test_padding_has_gradients_of_gradients():
    x = torch.randn(1, 2, 4, 3, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradgradcheck(lambda x: Padding(2, 3, 2)(x) ** 3, x)

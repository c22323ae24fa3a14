"""D7: adaptive pooling against torch's modules, against parts cut out one by one, and beside pooling."""

from itertools import product
from math import ceil, floor

import numpy as np
import pytest
import torch
from torch import nn

from gradatim.by_hand.twins import TWINS
from gradatim.checks import UsageError
from gradatim.nn import adaptive_pooling as a
from gradatim.nn.pooling import AvgPool2d, GlobalAvgPool, GlobalMaxPool, MaxPool2d

NAMES = [f"Adaptive{kind}Pool{axes}d" for kind in ("Avg", "Max") for axes in (1, 2, 3)]


def row_of(name):
    return name.replace("Adaptive", "adaptive_").replace("Pool", "_pool").lower()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sizes", [(1, 1, 1), (3, 2, 4), (7, 5, 6), (9, 8, 7), (2, None, 3)], ids=str)
def test_values_and_gradients_are_torch_s_by_hand_too(name, sizes):
    """Of smaller, equal and larger outputs than the picture; by hand in float64 to 1e-12; ties among them."""
    ours, axes = getattr(a, name), int(name[-2])
    sizes = sizes[:axes]
    theirs, twin = getattr(nn, name)(sizes if axes > 1 else sizes[0]), TWINS[row_of(name)](sizes)
    x = torch.randn(2, 3, *[7, 5, 6][:axes], dtype=torch.float64)
    for one in (x, x.round()):
        at, other = one.clone().requires_grad_(), one.clone().requires_grad_()
        y, expected = ours(sizes)(at), theirs(other)
        c = torch.randn_like(y)
        torch.testing.assert_close(y, expected, rtol=0, atol=0)
        (y * c).sum().backward()
        (expected * c).sum().backward()
        torch.testing.assert_close(at.grad, other.grad, rtol=0, atol=0)
        np.testing.assert_allclose(twin.forward(one.numpy()), y.detach(), rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(twin.backward(c.numpy()), at.grad, rtol=1e-12, atol=1e-14)


def test_every_part_by_itself():
    """Row i of m from ⌊i n/m⌋ to before ⌈(i + 1) n/m⌉."""
    for n, m in product(range(1, 9), range(1, 9)):
        x = torch.randn(1, 1, n, dtype=torch.float64)
        means, largest = a.AdaptiveAvgPool1d(m)(x)[0, 0], a.AdaptiveMaxPool1d(m)(x)[0, 0]
        for i in range(m):
            part = x[0, 0, floor(i * n / m) : ceil((i + 1) * n / m)]
            assert means[i].item() == pytest.approx(part.mean().item(), abs=1e-14)
            assert largest[i].item() == part.max().item()


def test_one_part_is_global_pooling_and_a_divisor_is_pooling_by_windows():
    x = torch.randn(2, 3, 6, 4, dtype=torch.float64)
    torch.testing.assert_close(
        a.AdaptiveAvgPool2d(1)(x).flatten(1), GlobalAvgPool()(x), rtol=1e-14, atol=1e-15
    )
    assert torch.equal(a.AdaptiveMaxPool2d(1)(x).flatten(1), GlobalMaxPool()(x))
    torch.testing.assert_close(a.AdaptiveAvgPool2d([3, 2])(x), AvgPool2d(2)(x), rtol=1e-14, atol=1e-15)
    assert torch.equal(a.AdaptiveMaxPool2d((3, 2))(x), MaxPool2d(2)(x))


@pytest.mark.parametrize(
    ("size", "sentence"),
    [
        (0, "output_size must be a whole number of at least 1; it is 0"),
        ("a", "output_size must be a whole number of at least 1; it is 'a'"),
        ([1, 2, 3], "output_size must be one number or 2, one for each axis; it is [1, 2, 3]"),
    ],
)
def test_sizes_that_cannot_be_are_refused(size, sentence):
    for layer in (a.AdaptiveAvgPool2d, TWINS["adaptive_avg_pool2d"]):
        with pytest.raises(UsageError) as error:
            layer(size)
        assert str(error.value) == sentence


def test_an_empty_picture_is_refused():
    with pytest.raises(UsageError, match=r"^adaptive_max_pool2d needs a number; these are 0×4"):
        a.AdaptiveMaxPool2d(2)(torch.zeros(2, 3, 0, 4))

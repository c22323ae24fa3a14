"""The small networks that folders of pictures, and pictures with masks, are learned with."""

import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.models.building import build


def small(name, **arguments):
    return build({"name": name, **arguments}, dtype=torch.float64).eval()


def convolved(module, x):
    """A 3×3 convolution, batch norm and ReLU, of the parts of a module, by torch's functions."""
    conv, norm = module.conv, module.norm
    x = F.conv2d(x, conv.weight, padding=1)
    return F.batch_norm(x, norm.running_mean, norm.running_var, norm.weight, norm.bias).relu()


@pytest.mark.parametrize("size", [(1, 1), (8, 8), (13, 30)])
def test_small_cnn_is_its_equations(size):
    net = small("small_cnn", num_classes=5, in_channels=2, width=0.25, stages=3)
    x = torch.randn(3, 2, *size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    h = x
    for at in range(0, len(net.features), 3):
        h = convolved(net.features[at + 1], convolved(net.features[at], h))
        h = F.max_pool2d(h, 2, ceil_mode=True)
    torch.testing.assert_close(
        net(x), F.linear(h.mean((2, 3)), net.fc.weight, net.fc.bias), rtol=1e-12, atol=1e-12
    )


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (13, 30)])
def test_small_fcn_is_its_equations(size):
    net = small("small_fcn", num_classes=3, in_channels=1, width=0.25, stages=3)
    x = torch.randn(2, 1, *size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    first = convolved(net.down[0][1], convolved(net.down[0][0], x))
    second = F.max_pool2d(first, 2, ceil_mode=True)
    second = convolved(net.down[1][1], convolved(net.down[1][0], second))
    third = F.max_pool2d(second, 2, ceil_mode=True)
    third = convolved(net.down[2][1], convolved(net.down[2][0], third))
    h = third
    for narrow, join, beside in zip(net.narrow, net.join, (second, first), strict=True):
        up = F.interpolate(narrow(h), beside.shape[2:], mode="bilinear")
        h = convolved(join, beside + up)
    assert net(x).shape == (2, 3, *size)
    torch.testing.assert_close(net(x), net.score(h), rtol=1e-12, atol=1e-12)


def test_a_moved_picture_has_a_moved_mask():
    """By 8 pixels, which every pool divides; at the border the padding is seen."""
    net = small("small_fcn", in_channels=1, width=0.25)
    x = torch.zeros(1, 1, 96, 96, dtype=torch.float64)
    x[..., 40:50, 40:50] = torch.randn(
        10, 10, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    )
    moved = torch.roll(x, (8, 8), (2, 3))
    y, again = net(x), torch.roll(net(moved), (-8, -8), (2, 3))
    torch.testing.assert_close(y[..., 36:60, 36:60], again[..., 36:60, 36:60], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ["small_cnn", "small_fcn"])
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [({"stages": 0}, "stages must be"), ({"stages": 5}, "stages must be"), ({"width": 0}, "width must be")],
)
def test_an_argument_that_cannot_be_is_refused(name, arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        small(name, **arguments)

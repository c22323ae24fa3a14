"""ResNet-9, which pictures are learned with where no network is asked for."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.checks import UsageError
from gradatim.models.building import build
from gradatim.runs.forward import forward


def small(**arguments):
    net = build({"name": "resnet9", "num_classes": 5, "width": 0.125, **arguments}, dtype=torch.float64)
    for layer in net.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):  # numbers that could be told from those of another layer
            draws = torch.Generator().manual_seed(layer.num_features)
            layer.running_mean.uniform_(-0.1, 0.1, generator=draws)
            layer.running_var.uniform_(0.5, 2.0, generator=draws)
    return net.eval()


def pictures(*size):
    return torch.randn(3, 3, *size, dtype=torch.float64, generator=torch.Generator().manual_seed(0))


def convolved(part, x, halves=False):
    """A convolution, a pool, batch norm and ReLU, of the parts of a module, by torch's functions."""
    x = F.conv2d(x, part.conv.weight, padding=1)
    x = F.max_pool2d(x, 2, ceil_mode=True) if halves else x
    norm = part.norm
    return F.batch_norm(x, norm.running_mean, norm.running_var, norm.weight, norm.bias).relu()


@pytest.mark.parametrize("size", [(1, 1), (32, 32), (13, 30)])
@pytest.mark.parametrize("blocks", [(1, 0, 1), (0, 2, 1)])
def test_it_is_its_equations(size, blocks):
    net, x = small(blocks=blocks), pictures(*size)
    h = convolved(net.stage1, x)
    for stage, number in zip((net.stage2, net.stage3, net.stage4), blocks, strict=True):
        h = convolved(stage[0], h, halves=True)
        assert len(stage) == 1 + number
        for block in stage[1:]:
            h = h + convolved(block.second, convolved(block.first, h))
    expected = F.linear(h.amax((2, 3)), net.fc.weight, net.fc.bias)
    torch.testing.assert_close(net(x), expected, rtol=1e-12, atol=1e-12)


def test_it_has_as_many_weights_as_page_s():  # 6,573,120 and, here, ten biases of the last layer
    with torch.device("meta"):
        net = build({"name": "resnet9"})
    assert sum(p.numel() for p in net.parameters()) == 6_573_120 + 10


def test_it_answers_with_the_mean_of_a_picture_and_its_mirror_image():
    plain, mirrored, x = small(), small(mirrored=True), pictures(8, 9)
    mirrored.load_state_dict(plain.state_dict())
    both = (plain(x) + plain(x.flip(3))) / 2
    np.testing.assert_allclose(forward(mirrored, x.numpy()), both.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(forward(plain, x.numpy()), plain(x).detach().numpy(), rtol=1e-12)
    torch.testing.assert_close(mirrored(x), plain(x))  # what it learns by


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"blocks": (1, 1)}, "three whole numbers"),
        ({"blocks": 1}, "three whole numbers"),
        ({"blocks": (1, -1, 0)}, "blocks must be"),
        ({"width": 0}, "width must be"),
    ],
)
def test_an_argument_that_cannot_be_is_refused(arguments, sentence):
    with pytest.raises(UsageError, match=sentence):
        small(**arguments)

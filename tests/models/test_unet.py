"""I10: U-Net against its figure: sizes, parameters, equations, mirrored borders and seamless tiles."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from gradatim.models.building import build
from gradatim.models.unet import middle, mirrored, tile_of


def unet(**arguments):
    return build({"name": "unet", "width": 0.0625, **arguments}, seed=1, dtype=torch.float64).eval()


def picture(*size, channels=1):
    generator = torch.Generator().manual_seed(0)
    return torch.randn(2, channels, *size, dtype=torch.float64, generator=generator)


def test_the_figure_s_sizes_and_the_number_of_its_parameters():
    """572×572 → 388×388 (figure 1); weights and biases, one channel and two classes, counted by hand."""
    with torch.device("meta"):
        assert unet().unpadded(torch.zeros(1, 1, 572, 572, dtype=torch.float64)).shape == (1, 2, 388, 388)
    channels = [64, 128, 256, 512, 1024]
    pairs = [(a, b) for a, b in zip([1, *channels], channels, strict=False)]
    pairs += [(2 * b, b) for b in channels[:-1]]
    expected = sum(9 * a * b + b + 9 * b * b + b for a, b in pairs)
    expected += sum(4 * 2 * b * b + b for b in channels[:-1]) + 64 * 2 + 2
    found = sum(p.numel() for p in build({"name": "unet"}).parameters())
    assert found == expected == 31_030_658


@pytest.mark.parametrize("stages", [1, 2, 3, 5])
def test_tiles_are_those_of_unpadded_convolutions(stages):
    net = unet(stages=stages)
    for side in (1, 5, 40):
        tile = tile_of(side, stages)
        assert net.unpadded(picture(tile.read, tile.read)).shape[2:] == (tile.scored, tile.scored)
        assert side <= tile.scored < side + 2 ** (stages - 1) or tile.scored == tile_of(1, stages).scored


def pair(module, x, padding):
    for at in (0, 2):
        x = F.conv2d(x, module[at].weight, module[at].bias, padding=padding).relu()
    return x


@pytest.mark.parametrize(("borders", "padding"), [("mirrored", 0), ("zeros", 1)])
def test_it_is_its_equations(borders, padding):
    net = unet(stages=3, borders=borders, num_classes=3, in_channels=2)
    x = picture(24, 36, channels=2)
    if borders == "mirrored":
        tiles = [tile_of(side, 3) for side in (24, 36)]
        top = (tiles[0].read - tiles[0].scored) // 2
        after = [tile.read - side - top for tile, side in zip(tiles, (24, 36), strict=True)]
        values = np.pad(x.numpy(), ((0, 0), (0, 0), (top, after[0]), (top, after[1])), mode="reflect")
    first = pair(net.down[0], torch.from_numpy(values) if borders == "mirrored" else x, padding)
    second = pair(net.down[1], F.max_pool2d(first, 2), padding)
    h = pair(net.down[2], F.max_pool2d(second, 2), padding)
    for widen, join, beside in zip(net.widen, net.join, (second, first), strict=True):
        up = F.conv_transpose2d(h, widen.weight, widen.bias, stride=2)
        cut = [(a - b) // 2 for a, b in zip(beside.shape[2:], up.shape[2:], strict=True)]
        beside = beside[..., cut[0] : cut[0] + up.shape[2], cut[1] : cut[1] + up.shape[3]]
        h = pair(join, torch.cat([beside, up], 1), padding)
    expected = F.conv2d(h, net.score.weight, net.score.bias)[..., :24, :36]
    torch.testing.assert_close(net(x), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("borders", ["mirrored", "zeros"])
@pytest.mark.parametrize("size", [(1, 1), (2, 7), (19, 30), (32, 32)])
def test_pictures_of_any_size_have_a_score_at_every_pixel(borders, size):
    assert unet(borders=borders, stages=4)(picture(*size)).shape == (2, 2, *size)


def test_tiles_join_without_a_seam():
    """The paper's figure 2: a tile that begins where a pool's field does scores as the whole picture does."""
    net = unet(stages=3)
    x = picture(92, 92)
    whole = net.unpadded(x)
    tile = tile_of(20, 3)
    for top in (0, 4, 16):
        for left in (0, 8):
            part = net.unpadded(x[..., top : top + tile.read, left : left + tile.read])
            expected = whole[..., top : top + tile.scored, left : left + tile.scored]
            torch.testing.assert_close(part, expected, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize(("n", "before", "side"), [(5, 3, 12), (2, 4, 11), (7, 0, 7), (4, 9, 30), (6, 2, 10)])
def test_borders_are_numpy_s_reflection(n, before, side):
    x = picture(n, n)
    around = (before, side - n - before)
    expected = np.pad(x.numpy(), ((0, 0), (0, 0), around, around), mode="reflect")
    assert torch.equal(mirrored(x, before, (side, side)), torch.from_numpy(expected))
    if around[0] == around[1]:
        assert torch.equal(middle(torch.from_numpy(expected), x.shape[2:]), x)


def test_dropout_falls_on_the_last_two_stages():
    net, met = unet(stages=4, dropout=0.25), []
    net.dropout.register_forward_hook(lambda layer, inputs, output: met.append(inputs[0].shape[1]))
    net(picture(9, 9))
    assert met == [16, 32] and net.dropout.p == 0.25


def test_batch_norm_is_only_where_it_is_asked_for():
    kinds = [type(layer).__name__ for layer in unet(batch_norm=True).down[0]]
    assert kinds == ["Conv2d", "BatchNorm2d", "ReLU"] * 2
    assert not any("BatchNorm" in type(layer).__name__ for layer in unet().modules())

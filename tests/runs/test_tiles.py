"""D19: tiles that overlap give what the whole picture gives."""

import numpy as np
import pytest
import torch
from scipy import ndimage

from gradatim.models.building import build
from gradatim.runs.tiles import MARGIN, STRIDE, TILE, stretches, tiled

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def network():
    """A small_fcn of three stages, which sees 44 pixels, in float64, its batch norms not at their start."""
    net = build({"name": "small_fcn", "stages": 3, "width": 0.25, "num_classes": 3}, 1, torch.float64)
    torch.manual_seed(0)
    net.train()
    with torch.no_grad():
        for _ in range(3):
            net(torch.randn(2, 1, 32, 32, dtype=torch.float64))
    return net.eval()


def of(network):
    def outputs(x):
        with torch.no_grad():
            return network(torch.from_numpy(x)).numpy()

    return outputs


@pytest.mark.parametrize("size", [(160, 192), (96, 288), (131, 77), (97, 200), (64, 225), (1, 130)])
def test_tiles_are_the_whole_picture(network, size):
    """Of tiles of 96 pixels with margins of 32, in float64, to 1e-12; other sizes mirrored to 32s."""
    x, outputs = RNG.normal(size=(1, *size)), of(network)
    found = tiled(outputs, x, 96, 32)
    assert found.shape == (3, *size)
    mirrored = np.pad(x, ((0, 0), (0, -size[0] % 32), (0, -size[1] % 32)), "symmetric")
    whole = outputs(mirrored[None])[0, :, : size[0], : size[1]]
    np.testing.assert_allclose(found, whole, rtol=0, atol=1e-12)


def test_a_picture_no_larger_than_a_tile_is_read_as_it_is(network):
    x, outputs = RNG.normal(size=(1, 41, 57)), of(network)
    np.testing.assert_array_equal(tiled(outputs, x, 64, 0), outputs(x[None])[0])


def test_too_thin_a_margin_shows(network):
    """So that the test above cannot pass by itself."""
    x, outputs = RNG.normal(size=(1, 96, 192)), of(network)
    assert np.abs(tiled(outputs, x, 96, 0) - outputs(x[None])[0]).max() > 1e-3


def test_a_filter_of_any_size_is_exact_at_the_usual_sizes():
    """A mean over 2 · 96 + 1 pixels, which reads exactly as far as the margin."""
    x = RNG.normal(size=(1, 600, 1030))

    def outputs(x):
        return ndimage.uniform_filter(x, (0, 0, 2 * MARGIN + 1, 2 * MARGIN + 1), mode="constant")

    whole = np.pad(x, ((0, 0), (0, -600 % 32), (0, -1030 % 32)), "symmetric")
    np.testing.assert_allclose(tiled(outputs, x), outputs(whole[None])[0, :, :600, :1030], atol=1e-12)


@pytest.mark.parametrize(("tile", "margin"), [(TILE, MARGIN), (96, 32), (128, 32)])
def test_stretches_cover_an_axis_once_and_keep_their_distance(tile, margin):
    for length in range(STRIDE, 4 * tile, STRIDE):
        found = list(stretches(length, tile, margin))
        assert [one.first for one in found] == [0, *(one.last for one in found[:-1])]
        assert found[-1].last == length == found[-1].stop
        for one in found:
            assert one.start % STRIDE == 0 and one.stop - one.start == min(tile, length)
            assert one.first == 0 or one.first - one.start >= margin
            assert one.last == length or one.stop - one.last >= margin

"""D9: a locally connected layer, place by place, and as a convolution when all places share a kernel."""

import pytest
import torch

from gradatim.checks import UsageError
from gradatim.nn.conv import Conv1d, Conv2d
from gradatim.nn.locally_connected import LocallyConnected1d, LocallyConnected2d

CASES = [
    (LocallyConnected1d, Conv1d, (7,), 3, 2, 1), (LocallyConnected2d, Conv2d, (6, 7), (2, 3), (1, 2), 0),
    (LocallyConnected2d, Conv2d, (6, 5), 3, 2, "same"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "conv", "size", "f", "s", "padding"), CASES)
def test_with_one_kernel_at_every_place_it_is_a_convolution(layer, conv, size, f, s, padding):
    """To 1e-12 in float64."""
    ours = layer(2, 3, size, f, s, padding).double()
    shared = conv(2, 3, f, s, padding).double()
    ours.weight.data[...] = shared.weight.data
    x = torch.randn(4, 2, *size, dtype=torch.float64)
    torch.testing.assert_close(ours(x), shared(x), rtol=1e-12, atol=1e-12)


def test_every_place_has_a_kernel_and_a_bias_of_its_own():
    layer = LocallyConnected2d(1, 2, (4, 4), 3)
    assert layer.weight.shape == (2, 2, 2, 1, 3, 3) and layer.bias.shape == (8,)
    before = layer(x := torch.randn(1, 1, 4, 4)).detach()
    layer.weight.data[1, 0, 1] += 1
    layer.bias.data[0] += 1  # of the first map's first place
    changed = (layer(x).detach() - before)[0]
    assert changed[0, 0, 0] == 1
    assert changed[1, 1, 0].item() == pytest.approx(x[0, 0, 1:, :3].sum().item(), abs=1e-5)
    assert (changed.abs() > 1e-6).sum() == 2


def test_kernels_differ_and_have_a_convolution_s_fan():
    weight = LocallyConnected2d(30, 20, (5, 5), 3).weight
    assert weight.var().item() == pytest.approx(2 / (30 * 9), rel=0.02)
    assert not torch.equal(weight[0, 0], weight[0, 1])


def test_another_size_is_refused():
    with pytest.raises(UsageError) as error:
        LocallyConnected2d(1, 2, (4, 4), 3)(torch.zeros(1, 1, 5, 4))
    assert str(error.value) == "locally_connected2d for examples of 4×4 got examples of 5×4"
